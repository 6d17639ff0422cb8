// The page's behaviour. Gradio runs this once with `element`, `server` (our one function) and `upload`.
const root = element.querySelector('#attune');
const KEY = 'attune';
const $ = (selector, from = root) => from.querySelector(selector);
const $$ = (selector, from = root) => [...from.querySelectorAll(selector)];
const narrow = window.matchMedia('(max-width: 860px), (max-height: 480px)');
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const me = { session: '', person: '', lang: '', theme: '' };
const words = { zh: JSON.parse(root.dataset.zh), en: JSON.parse(root.dataset.en) };
const word = (key, facts) => Object.entries(facts).reduce((text, [name, fact]) => text.replace(`{${name}}`, fact), words[me.lang][key]);
let waiting = null, editing = null, hiding = 0, line = Promise.resolve();

function remember() {
  try { localStorage.setItem(KEY, JSON.stringify(me)); } catch { /* a private window: the visit lasts as long as the tab */ }
}
function recall() {
  try { Object.assign(me, JSON.parse(localStorage.getItem(KEY) || '{}')); } catch { /* as above */ }
  me.lang ||= (navigator.languages || [navigator.language]).map((l) => l.toLowerCase()).find((l) => /^(zh|en)/.test(l))?.slice(0, 2) || 'zh';
  if (me.theme) document.body.classList.toggle('dark', me.theme === 'dark');
}

// Talking to the server: null where no answer came.
async function ask(what, more = {}) {
  const { session, person, lang } = me;
  const sent = { do: what, session, person, lang, after: newest(), ...more };
  let got = await server.call(sent);
  while (got?.starting && root.dataset.ready) { // it was restarted under this page
    await new Promise((done) => setTimeout(done, 500));
    got = await server.call(sent);
  }
  if (!got) {
    const wait = await refused();
    if (wait) return { error: word('busy', { n: wait }), wait };
    lost();
    return null;
  }
  found();
  if (got.error && got.gone && what !== 'open') return ask('open');
  return got;
}
async function refused() { // the seconds that this browser has to wait; 0: the server does not answer at all
  try {
    const told = await fetch(new URL('wait', document.baseURI), { signal: AbortSignal.timeout(4000) });
    return told.ok ? (await told.json()).wait : 0;
  } catch { return 0; }
}
async function act(what, more) {
  const got = await ask(what, more);
  if (got) apply(got);
  return got;
}
function newest() {
  return Math.max(0, ...$$('.turn').map((t) => Number(t.dataset.turn) || 0));
}

// Showing what came back.
function apply(got) {
  for (const key of ['session', 'person', 'lang']) if (got[key]) me[key] = got[key];
  if (got.shell) frame(got);
  if (got.ids) settle(got.ids);
  if (got.turns) add(got.turns);
  if (got.domain !== undefined && $('#domain')) $('#domain').value = got.domain;
  if (got.reactions) standing(got.reactions);
  if (got.sheet) openSheet(got.sheet);
  if (got.toast) toast(got.toast);
  if (got.error) toast(escaped(got.error));
  if (got.live) $('#live').textContent = got.live;
}
function frame(got) {
  const typed = $('#need')?.value || '';
  $('#sheet')?.open && $('#sheet').close();
  root.innerHTML = got.shell;
  editing = null;
  document.documentElement.lang = me.lang === 'zh' ? 'zh-CN' : 'en';
  document.title = got.title;
  root.dataset.ready = me.lang;
  $('#need').value = typed;
  grow();
  remember();
  $$('.later').forEach((later) => glance.observe(later));
  activate($$('.turn.full').at(-1));
  if (!$('.turn:last-of-type.welcome')) reveal($$('.turn').at(-1));
  if (!narrow.matches) $('#need').focus({ preventScroll: true });
}
function settle(ids) { // a turn that was edited away goes, here and in every other tab
  $$('.turn[data-turn]:not(.welcome)').filter((t) => !ids.includes(Number(t.dataset.turn))).forEach((t) => t.remove());
  if (!$('.turn.active')) activate($$('.turn.full').at(-1));
}
function add(turns) {
  const held = root.contains(document.activeElement) && !document.activeElement.closest('.turn');
  for (const html of turns) {
    const box = document.createElement('template');
    box.innerHTML = html;
    const turn = box.content.firstElementChild;
    if ($(`.turn[data-turn="${turn.dataset.turn}"]`)) continue;
    $$('.turn:has(.failed)').filter((t) => said(t) === said(turn)).forEach((t) => t.remove()); // the answer that did not come, came
    $$('.welcome').forEach((t) => t.remove());
    const list = $('.cards', turn);
    const rest = list ? [...list.children].slice(4) : [];
    rest.forEach((card) => card.remove()); // the text and the first cards are painted, then the others
    turn.classList.toggle('filling', rest.length > 0);
    waiting ? waiting.replaceWith(turn) : $('#thread').append(turn);
    waiting = null;
    activate(turn.matches('.full') ? turn : $$('.turn.full').at(-1)); // an answer without cards leaves the last ones on the table
    if (rest.length) requestAnimationFrame(() => requestAnimationFrame(() => { list.append(...rest); turn.classList.remove('filling'); }));
  }
  const turn = $$('.turn').at(-1);
  if (!turns.length || !turn) return;
  reveal(turn);
  if (!held) turn.focus({ preventScroll: true });
  shout();
}
function reveal(turn) {
  const top = narrow.matches ? turn.offsetTop - $('#thread').offsetTop - 8 : $('#thread').scrollHeight;
  $('#thread').scrollTo({ top, behavior: calm.matches ? 'auto' : 'smooth' });
}
function activate(turn) {
  if (!turn?.classList.contains('full')) return;
  $$('.turn.active').forEach((t) => t.classList.remove('active'));
  turn.classList.add('active');
  $('.shelf', turn).scrollTop = 0;
  fill($('.later', turn));
}
async function fill(later) {
  if (!later || later.dataset.asked) return;
  later.dataset.asked = 'yes';
  const got = await ask('cards', { turn: later.dataset.turn });
  if (got?.cards) later.outerHTML = got.cards; else delete later.dataset.asked;
}
const glance = new IntersectionObserver((seen) => seen.forEach((e) => e.isIntersecting && fill(e.target)));

function standing(reactions) {
  $$('.card[data-id]').forEach((card) => mark(card, reactions[card.dataset.id] || { thumb: '', star: false }));
}
function mark(card, { thumb, star }) {
  card.dataset.thumb = thumb;
  $$('[data-kind]', card).forEach((b) => {
    b.setAttribute('aria-pressed', String(b.dataset.kind === 'favourite' ? star : b.dataset.kind === thumb));
  });
}
function toast(html) {
  const box = $('#toast');
  if (!box) return;
  box.innerHTML = html;
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(hide, 9000);
}
function hide() {
  const box = $('#toast');
  if (box.matches(':hover') || box.contains(document.activeElement)) hiding = setTimeout(hide, 3000); else box.hidden = true;
}
function openSheet(html) {
  const sheet = $('#sheet');
  const at = sheet.open ? $('.inside', sheet)?.scrollTop : 0;
  sheet.innerHTML = html;
  if (!sheet.open) sheet.showModal();
  $('.inside', sheet).scrollTop = at || 0;
}
function escaped(text) {
  const box = document.createElement('span');
  box.textContent = text;
  return box.outerHTML;
}

// Saying something: it stands there at once, with the cards to come.
function say(text) {
  text = text.trim();
  if (!text) return;
  const edited = editing;
  leave();
  if (edited && !edited.dataset.turn) edited.remove(); // it was never answered
  const instead = Number(edited?.dataset.turn) || 0;
  line = line.then(() => turn('say', { text, instead }, text));
}
async function turn(what, more, text = '') {
  const hidden = more?.instead ? $$('.turn[data-turn]:not(.welcome)').filter((t) => Number(t.dataset.turn) >= more.instead) : [];
  hidden.forEach((t) => { t.hidden = true; });
  pending(text);
  const got = await ask(what, more);
  if (!got || got.error) {
    hidden.forEach((t) => { t.hidden = false; });
    failed(what, more, text, got?.error);
    return;
  }
  if (!got.turns?.length) { waiting?.remove(); waiting = null; activate($$('.turn.full').at(-1)); }
  apply(got);
}
function pending(text) {
  waiting?.remove();
  waiting = $('#ghosts').content.firstElementChild.cloneNode(true);
  const bubble = $('.said', waiting);
  if (text) bubble.textContent = text; else { bubble.remove(); $('.edit', waiting).remove(); }
  $('#thread').append(waiting);
  activate(waiting);
  reveal(waiting);
}
function failed(what, more, text, error) {
  const box = $('#ghosts').content.lastElementChild.cloneNode(true);
  if (error) $('p', box).textContent = error;
  $('button', box).onclick = () => { waiting = box.closest('.turn'); line = line.then(() => turn(what, more, text)); };
  $('.answer', waiting).replaceChildren(box);
  $('.shelf', waiting).remove();
  waiting.classList.remove('full', 'pending');
  waiting = null;
  activate($$('.turn.full').at(-1));
  reveal($$('.turn').at(-1));
}

// Editing the last message: it is sent again in its own place.
const said = (turn) => $('.said', turn)?.lastChild.textContent || '';
function edit() {
  editing = $$('.turn:not(.pending):has(.said)').at(-1) || null;
  if (!editing) return;
  editing.classList.add('edited');
  $('#editing').hidden = false;
  $('#need').value = said(editing);
  grow();
  $('#need').focus();
}
function leave() {
  editing?.classList.remove('edited');
  editing = null;
  $('#editing').hidden = true;
}

// The line to the server.
let trying = 0;
function lost() {
  const bar = $('#offline');
  if (bar) bar.hidden = false;
  trying ||= setTimeout(again, 1500);
}
async function again() {
  trying = 0;
  const before = me.session;
  const got = root.dataset.ready ? await ask('sync') : await ask('open');
  if (!got) return;
  if (got.wait) { trying ||= setTimeout(again, 1000 * got.wait); return; }
  if (got.shell) start(got); else if (me.session === before) apply(got);
}
function found() {
  const bar = $('#offline');
  if (bar) bar.hidden = true;
}
function start(got) {
  if (got.wait) { setTimeout(() => ask('open').then((g) => g && start(g)), 1000 * got.wait); return; }
  if (got.starting) { root.innerHTML = got.starting; setTimeout(() => ask('open').then((g) => g && start(g)), 400); return; }
  if (got.error) { root.innerHTML = `<div class="starting"><p role="alert">${escaped(got.error)}</p><button type="button" onclick="location.reload()">↻</button></div>`; return; }
  apply(got);
}
const shout = () => { try { localStorage.setItem(KEY + '-tick', String(Date.now())); } catch { /* no other tab can know */ } };
window.addEventListener('storage', (e) => { if (e.key === KEY + '-tick' && root.dataset.ready) act('sync'); });
window.addEventListener('offline', lost);
window.addEventListener('online', again);

// Buttons.
const doing = {
  say: (b) => say(b.dataset.text),
  domain: ({ dataset: { domain, said: text } }) => { line = line.then(() => turn('domain', { domain }, text)); },
  again: () => { $('#toast').hidden = true; line = line.then(() => turn('again')); },
  drop: (b) => { line = line.then(() => turn('drop', { position: b.dataset.position })); },
  edit,
  leave: () => { leave(); $('#need').value = ''; grow(); $('#need').focus(); },
  similar: (b) => { line = line.then(() => turn('similar', { id: b.dataset.id })); },
  react: (b) => react(b.closest('.card'), b.dataset.kind),
  undo: async (b) => { await act('undo', { event: b.dataset.event }); shout(); },
  why: (b) => act('why', { id: b.dataset.id, look: !b.matches('button') }),
  peek: (b) => { activate(b.closest('.turn')); },
  panel: (b) => act('panel', { panel: b.dataset.panel }),
  close: () => $('#sheet').close(),
  new: () => act('new'),
  speak: () => act('open', { lang: me.lang === 'zh' ? 'en' : 'zh' }),
  theme: () => {
    me.theme = document.body.classList.toggle('dark') ? 'dark' : 'light';
    remember();
  },
  reopen: (b) => act('reopen', { session: b.dataset.session }),
  renaming: (b) => {
    const row = b.closest('li');
    $('.rename', row).hidden = false;
    $('.title', row).hidden = true;
    $('input', row).select();
  },
  delete: (b) => sure(b, () => act('delete', { other: b.dataset.session })),
  export: async () => {
    const got = await ask('export');
    if (!got?.file) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(got.file, null, 2)], { type: 'application/json' }));
    link.download = got.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  },
  forget: (b) => act('forget', { event: b.dataset.event }),
  forget_all: (b) => sure(b, () => act('forget_all')),
  opine: (b) => act('opine', { id: b.dataset.id, kind: b.dataset.kind }),
  unlearn: (b) => {
    const { field, value } = b.dataset;
    if (b.closest('#sheet')) act('unlearn', { field, value, panel: 'taste' }); else line = line.then(() => turn('unlearn', { field, value }));
  },
};
function sure(button, then) {
  if (button.dataset.armed) { then(); return; }
  button.dataset.armed = 'yes';
  button.textContent = button.dataset.sure;
  button.setAttribute('aria-label', `${button.dataset.sure} ${button.getAttribute('aria-label') || ''}`);
}
async function react(card, kind) {
  if (!card) return;
  const before = { thumb: card.dataset.thumb, star: $('[data-kind=favourite]', card).getAttribute('aria-pressed') === 'true' };
  const now = { ...before };
  if (kind === 'favourite') now.star = !before.star; else now.thumb = before.thumb === kind ? '' : kind;
  const same = $$(`.card[data-id="${CSS.escape(card.dataset.id)}"]`);
  same.forEach((c) => mark(c, now)); // at once; the server's word follows
  const got = await act('react', { id: card.dataset.id, kind });
  if (!got || got.error) same.forEach((c) => mark(c, before)); else shout();
}
root.addEventListener('click', (event) => {
  const sheet = $('#sheet');
  if (event.target === sheet) { sheet.close(); return; }
  const button = event.target.closest('[data-do]');
  if (button && doing[button.dataset.do]) doing[button.dataset.do](button);
});
root.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === 'ask') {
    say($('#need').value);
    $('#need').value = '';
    grow();
  } else if (form.matches('.rename')) {
    act('rename', { other: form.dataset.session, title: $('input', form).value });
  }
});
root.addEventListener('change', (event) => {
  const field = event.target;
  if (field.dataset.change === 'switch') act('switch', { catalog: field.value });
  if (field.dataset.change === 'domain') {
    $('#sheet').close();
    doing.domain({ dataset: { domain: field.value, said: field.selectedOptions[0].dataset.said } });
  }
  if (field.dataset.change === 'upload' && field.files[0]) bring(field.files[0], field);
});
async function bring(file, field) {
  toast(escaped(word('uploading', { name: file.name })));
  try {
    const { path } = await upload(file);
    let got = await ask('import', { path });
    while (got?.importing) {
      toast(escaped(got.importing));
      await new Promise((done) => setTimeout(done, 400));
      got = await ask('import', { path });
    }
    if (got) { apply(got); if (got.shell) toast(escaped($('#catalog').value)); }
  } catch { // the file itself did not get through
    const wait = await refused();
    toast(escaped(wait ? word('busy', { n: wait }) : word('upload_failed', { name: file.name })));
  }
  field.value = '';
}
root.addEventListener('input', (event) => {
  if (event.target.id === 'need') grow();
  if (event.target.id === 'search') {
    const wanted = event.target.value.trim().toLowerCase();
    const rows = $$('.sessions li');
    rows.forEach((row) => { row.hidden = !row.dataset.title.includes(wanted); });
    $('#sheet .none').hidden = rows.some((row) => !row.hidden);
  }
});
function grow() {
  const box = $('#need');
  box.style.height = 'auto';
  box.style.height = `${Math.min(box.scrollHeight, 150)}px`;
}

// Keys.
root.addEventListener('keydown', (event) => {
  if (event.target.id !== 'need' || event.isComposing) return;
  if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); $('#ask').requestSubmit(); }
  if (event.key === 'ArrowUp' && !event.target.value) {
    event.preventDefault();
    edit();
  }
  if (event.key === 'Escape') { if (editing) doing.leave(); else event.target.blur(); }
});
document.addEventListener('keydown', (event) => {
  if (!root.isConnected || !root.dataset.ready || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches('input, textarea, select') || $('#sheet').open) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (event.key === '/') { event.preventDefault(); $('#need').focus(); } else if (event.key === '?') act('panel', { panel: 'more' });
  else if (digit) {
    const card = $(`.turn.active .card[data-rank="${digit[1]}"]`);
    react(card, event.shiftKey ? 'dislike' : 'like');
    card?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
});

recall();
ask('open').then((got) => got && start(got));
