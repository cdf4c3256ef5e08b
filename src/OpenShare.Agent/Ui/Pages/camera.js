// A QR is read by the agent, from a picture or from what a camera sees: no picture leaves this machine.

import { Problem } from './agent.js';
import { button, el } from './dom.js';

const betweenLooks = 250;

/** What the QR in a picture says. */
export async function readQr(picture) {
  const response = await fetch('/v1/ui/qr', { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: picture });
  const answer = await response.json();
  if (!response.ok) throw new Problem(answer.code, answer.message);
  return answer.text;
}

/** Shows what the camera sees until there is a QR in it, or the person has enough. */
export async function scan(place) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch (error) {
    throw new Problem('failed', `No camera can be used here (${error.message}). A picture of the QR does as well.`);
  }
  const video = el('video', { muted: true, autoplay: true, playsInline: true, ariaLabel: 'What the camera sees' });
  let isWanted = true;
  place.replaceChildren(el('p', {}, 'Hold the QR of the registered device before the camera.'), video, button('Stop', () => { isWanted = false; }));
  video.srcObject = stream;
  try {
    await video.play();
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    while (isWanted) {
      canvas.getContext('2d').drawImage(video, 0, 0);
      try {
        return await readQr(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }));
      } catch (problem) {
        if (problem.code !== 'bad_request') throw problem;
      }
      await new Promise(resolve => setTimeout(resolve, betweenLooks));
    }
    throw new Problem('failed', 'Nothing was scanned.');
  } finally {
    stream.getTracks().forEach(track => track.stop());
    place.replaceChildren();
  }
}
