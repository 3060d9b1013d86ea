// A picture from the camera of a desktop; phones have their own, which a file's field opens.

/** Shows what the camera sees until a picture is taken or the box is closed; the picture, or null. */
export async function takePicture(box) {
  const view = box.querySelector("video");
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  view.srcObject = stream;
  box.showModal();
  try {
    return await taken(box, view);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    view.srcObject = null;
    box.close();
  }
}

function taken(box, view) {
  return new Promise((done) => {
    const end = new AbortController();
    const finish = (picture) => {
      end.abort();
      done(picture);
    };
    const { signal } = end;
    box.querySelector("#take").addEventListener("click", () => still(view).then(finish), { signal });
    box.querySelector("#camera-close").addEventListener("click", () => finish(null), { signal });
    box.addEventListener("close", () => finish(null), { signal }); // with Escape
  });
}

function still(view) {
  const canvas = document.createElement("canvas");
  canvas.width = view.videoWidth;
  canvas.height = view.videoHeight;
  canvas.getContext("2d").drawImage(view, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}
