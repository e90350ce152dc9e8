// Follows a synchronisation while it runs: four times a second, until the server says that it is over.
const PERIOD_MS = 250;
const status = document.getElementById("sync-status");
const completed = document.getElementById("sync-completed");
const asOf = document.getElementById("sync-as-of");

function write(place, moment) {
  const time = document.createElement("time");
  time.dateTime = moment;
  time.textContent = `${new Date(moment).toLocaleString("ru-RU", { timeZone: "Europe/Moscow" }).replace(",", "")} МСК`;
  place.replaceChildren(time);
}

function show(sync) {
  if (sync.completed) {
    write(completed, sync.completed);
    write(asOf, sync.as_of);
  }
  // Last, so that who waits for the word finds the time as well.
  if (status.textContent !== sync.status) status.textContent = sync.status;
}

async function follow() {
  const answer = await fetch("/api/sync", { cache: "no-store" }).catch(() => null);
  const sync = answer && answer.ok ? await answer.json() : null;
  if (sync) show(sync);
  if (!sync || !sync.completed) setTimeout(follow, PERIOD_MS);
}

follow();
