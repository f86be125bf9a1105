// Open a ticket and look at it: node request.mjs https://desk.example.com "Título" "Texto"
// The secret is in INTAKE_SECRET (whsec_…). Node 18 or later, no packages.
import { createHmac, randomUUID } from "node:crypto";

const [desk, title, text] = process.argv.slice(2);
const key = Buffer.from(process.env.INTAKE_SECRET.replace(/^whsec_/, ""), "base64");

async function call(method, url, body, id) {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
  const answer = await fetch(url, {
    method,
    body: body || undefined,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(time),
      "webhook-signature": `v1,${signature}`,
    },
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(said));
  return said;
}

// Keep the id with the request: after an error, try again with the same one.
const id = `msg_${randomUUID()}`;
const opened = await call("POST", `${desk}/v1/requests`, JSON.stringify({ title, text }), id);
console.log(JSON.stringify(await call("GET", opened.status_url, "", `msg_${randomUUID()}`)));
