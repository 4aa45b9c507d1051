// Loads the bundle named in this script's own tag and wakes the page. A file of its own, because the content security
// policy allows no script inside the page.
const tag = document.querySelector('script[data-wasm]');
if (tag) {
  import(tag.dataset.js).then(async (module) => {
    await module.default({ module_or_path: tag.dataset.wasm });
    module.hydrate();
    document.documentElement.dataset.hydrated = 'true';
  });
}
