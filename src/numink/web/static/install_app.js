// Registers the service worker, which caches the offline page, where numink is installed as an app.

const address = document.querySelector("link[data-worker]")?.dataset.worker;

function register() {
  navigator.serviceWorker?.register(address);
}

if (address) {
  if (matchMedia("(display-mode: standalone)").matches) register();
  window.addEventListener("appinstalled", register);
}
