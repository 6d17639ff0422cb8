// How long a card is looked at: while it is pointed at or in the focus, and while its "why" is open over it.
// Only time between movements counts, a pause as PAUSE seconds at most, so that a pointer left lying looks at nothing. A look of LEAST
// seconds is sent when it is over, as LONG at most, and once for each card of an answer; what it says is weak.
const LEAST = 5, LONG = 30, PAUSE = 3;
const looks = new WeakMap(); // card -> seconds
let looked = null, since = 0;

function look(event) {
  const now = performance.now();
  const card = $('#sheet')?.open ? looked : event.target.closest('.card[data-id]');
  if (looked) looks.set(looked, (looks.get(looked) || 0) + Math.min((now - since) / 1000, PAUSE));
  if (card !== looked) away();
  looked = card;
  since = now;
}
function away() {
  const seconds = looks.get(looked) || 0;
  if (looked && seconds >= LEAST && !looked.dataset.looked) {
    looked.dataset.looked = 'yes';
    ask('look', { id: looked.dataset.id, seconds: Math.min(seconds, LONG) });
  }
  looked = null;
}
for (const kind of ['pointermove', 'pointerdown', 'pointerleave', 'keydown', 'focusin']) root.addEventListener(kind, look);
document.addEventListener('visibilitychange', () => document.hidden && away());
