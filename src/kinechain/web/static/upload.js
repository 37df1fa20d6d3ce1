// Sends a clip in pieces; one that broke off goes on from where it was.
"use strict";
const form = document.getElementById("send");
const box = form.querySelector(".sending"), bar = form.querySelector("progress"), text = box.querySelector("span");
const wrong = form.querySelector("[role=alert]"), button = form.querySelector("button");
const RETRIES = 5;

async function ask(method, url, body, type) {
  const headers = { "X-Form-Key": form.dataset.key, "Content-Type": type };
  const answer = await fetch(url, { method, headers, body });
  if (answer.ok) return answer.json();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = page.querySelector("main [role=alert]");
  const error = new Error(said ? said.innerText.trim() : form.dataset.failed);
  error.status = answer.status;
  throw error;
}

async function send(file) {
  const filming = Object.fromEntries(new FormData(form));
  const begin = () => ask("POST", form.dataset.begin ?? `/visits/${form.dataset.visit}/uploads`,
    JSON.stringify({ ...filming, name: file.name, size: file.size }), "application/json");
  let upload = await begin(), failures = 0, clip = null;
  while (upload.received < file.size) {
    const piece = file.slice(upload.received, upload.received + upload.piece);
    try {
      const kept = await ask("PUT", `/uploads/${upload.id}?start=${upload.received}`, piece, "application/octet-stream");
      upload.received = kept.received;
      clip = kept.clip;
      failures = 0;
    } catch (error) {
      const lasting = error.status && error.status !== 409 && error.status !== 503;
      if (lasting || ++failures > RETRIES) throw error;
      await new Promise((go) => setTimeout(go, 1000 * failures));
      upload = await begin();
    }
    bar.value = upload.received / file.size;
    text.textContent = `${Math.round(100 * bar.value)} %`;
  }
  return clip;
}

// What follows once a clip is whole: the same page again, or where the answer to its check leads.
async function go(clip) {
  if (!form.dataset.check) return location.reload();
  const answer = await fetch(`/clips/${clip}/check`, { method: "POST", headers: { "X-Form-Key": form.dataset.key } });
  if (!answer.ok) throw new Error(form.dataset.failed);
  location.href = answer.url;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  wrong.hidden = true;
  box.hidden = false;
  button.disabled = true;
  try {
    await go(await send(document.getElementById("file").files[0]));
  } catch (error) {
    wrong.textContent = error.message || form.dataset.failed;
    wrong.hidden = false;
    box.hidden = true;
    button.disabled = false;
  }
});
