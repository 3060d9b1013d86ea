// Where numink is installed as an app: lets the device keep what it needs to read drawn digits without a connection.

const address = document.querySelector("link[data-worker]")?.dataset.worker;

function keep() {
  navigator.serviceWorker?.register(address);
}

if (address) {
  if (matchMedia("(display-mode: standalone)").matches) keep();
  window.addEventListener("appinstalled", keep);
}
