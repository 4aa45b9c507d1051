// What the HTML of a page must obey, whoever writes it.
import { HtmlValidate } from 'html-validate';

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // How Leptos writes: lower-case doctype or not, empty attributes, long lines, markers of its own.
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'no-trailing-whitespace': 'off',
    // A filter takes several values, all sent under its one name.
    'form-dup-name': 'off',
    // A name of 128 characters is a name: the title says all of it.
    'long-title': 'off',
  },
});

/** Everything that is wrong with a page's HTML, one line each. */
export async function wrongs(html: string): Promise<string[]> {
  const report = await validator.validateString(html);
  return report.results
    .flatMap((result) => result.messages)
    .map((message) => `${message.ruleId}: ${message.message} (${message.selector ?? `column ${message.column}`})`);
}
