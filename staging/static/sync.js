// Follows a synchronisation while it runs: four times a second, until the server says that it is over.
const PERIOD_MS = 250;
const status = document.getElementById("sync-status");
const completed = document.getElementById("sync-completed");

function show(sync) {
  if (sync.completed) {
    const time = document.createElement("time");
    time.dateTime = sync.completed;
    time.textContent = `${new Date(sync.completed).toLocaleString("ru-RU", { timeZone: "Europe/Moscow" }).replace(",", "")} МСК`;
    completed.replaceChildren(time);
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
