// Shows the page anew when the check of the person's data has ended; asks four times a second.
const PERIOD_MS = 250;

async function follow() {
  const answer = await fetch("/api/check", { cache: "no-store" }).catch(() => null);
  const check = answer && answer.ok ? await answer.json() : null;
  if (check && !check.running) location.reload();
  else setTimeout(follow, PERIOD_MS);
}

follow();
