// Loads the bundle named in this script's own tag and wakes every island on the page. A file of its own, because the
// content security policy allows no script inside the page.
const tag = document.querySelector('script[data-wasm]');
const wake = (island, module) => module[island.dataset.component]?.(island);
if (tag) {
  import(tag.dataset.js).then(async (module) => {
    await module.default({ module_or_path: tag.dataset.wasm });
    module.hydrate();
    for (const island of document.querySelectorAll('leptos-island')) await wake(island, module);
    document.documentElement.dataset.hydrated = 'true';
  });
}
