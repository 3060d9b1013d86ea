// Takes a photo with a desktop computer's camera; phones open their own camera app from a file input.

/** Shows the camera in `dialog`; resolves to the photo, or to null where the dialog is closed. */
export async function takePhoto(dialog) {
  const video = dialog.querySelector("video");
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  video.srcObject = stream;
  dialog.showModal();
  try {
    return await photoOrNull(dialog, video);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    dialog.close();
  }
}

function photoOrNull(dialog, video) {
  return new Promise((resolve) => {
    const listeners = new AbortController();
    const finish = (photo) => {
      listeners.abort();
      resolve(photo);
    };
    const { signal } = listeners;
    dialog.querySelector("#take-photo").addEventListener("click", () => capture(video).then(finish), { signal });
    dialog.querySelector("#camera-close").addEventListener("click", () => finish(null), { signal });
    dialog.addEventListener("close", () => finish(null), { signal }); // with Escape
  });
}

function capture(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}
