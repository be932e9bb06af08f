// What a page does beyond its text: times in the viewer's zone, numbers offered while typing, an event's JSON in place.
// Every page is whole without it.

const lang = document.documentElement.lang;

// Times.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const parts = { year: "numeric", month: lang === "en" ? "short" : "long", day: "numeric", timeZone: zone };
const clock = { ...parts, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const written = (options) => new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, options);
const [day, moment, second] = [parts, clock, { ...clock, second: "2-digit" }].map(written);

const write = (format, at) => format.format(at).replace(",", "");

export function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = write(time.hasAttribute("data-day") ? day : time.hasAttribute("data-seconds") ? second : moment, at);
  }
}
localTimes(document);
for (const note of document.querySelectorAll("[data-zone]")) {
  note.textContent = note.textContent.replace("…", zone);
  note.hidden = false;
}

// Printing.
const printable = (root) => {
  for (const button of root.querySelectorAll("[data-print]")) button.hidden = false;
};
printable(document);
document.addEventListener("click", (e) => {
  if (e.target.closest?.("[data-print]")) window.print();
});

// Numbers that begin as typed: an ARIA combobox with a list.
function offer(input, box) {
  let chosen = -1, asked = "", timer = 0, pending = null;
  const close = () => {
    box.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (to) => {
    const all = [...box.children];
    chosen = (to + all.length) % all.length;
    all.forEach((li, i) => li.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = (value) => {
    input.value = value;
    close();
    input.form.requestSubmit();
  };
  const show = (list) => {
    box.replaceChildren(...list.map((s, i) => {
      const li = document.createElement("li");
      li.id = "suggestion-" + i;
      li.setAttribute("role", "option");
      li.setAttribute("aria-selected", "false");
      const number = document.createElement("code"), about = document.createElement("small");
      number.textContent = s.value;
      about.textContent = s.label + (s.chains > 1 ? " × " + s.chains : "");
      li.append(number, about);
      li.addEventListener("mousedown", (e) => { e.preventDefault(); take(s.value); });
      return li;
    }));
    chosen = -1;
    box.hidden = list.length === 0;
    input.setAttribute("aria-expanded", String(list.length > 0));
  };
  const ask = async () => {
    const typed = input.value.trim();
    if (typed === asked) return;
    asked = typed;
    pending?.abort();
    if (typed.length < 3) return close();
    pending = new AbortController();
    try {
      const answer = await fetch("/api/v1/suggest?q=" + encodeURIComponent(typed), { signal: pending.signal });
      if (answer.ok && document.activeElement === input) show((await answer.json()).suggestions);
    } catch { /* typed on, or the server is away: the search itself says so */ }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !box.hidden) { e.preventDefault(); close(); }
    if (box.hidden || box.children.length === 0) return;
    if (e.key === "ArrowDown") { e.preventDefault(); mark(chosen + 1); }
    if (e.key === "ArrowUp") { e.preventDefault(); mark(chosen < 0 ? -1 : chosen - 1); }
    if (e.key === "Enter" && chosen >= 0) { e.preventDefault(); take(box.children[chosen].firstChild.textContent); }
  });
}
const input = document.getElementById("q");
if (input) offer(input, document.getElementById("suggestions"));
document.addEventListener("keydown", (e) => {
  if (e.key === "/" && input && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) { e.preventDefault(); input.select(); }
});

// The JSON of an event, fetched when it is opened.
document.addEventListener("toggle", async (e) => {
  const details = e.target;
  if (!details.matches?.("details[data-raw]") || !details.open || details.querySelector("pre")) return;
  const pre = document.createElement("pre");
  pre.tabIndex = 0;
  try {
    const answer = await fetch(details.dataset.raw);
    const body = await answer.json();
    pre.textContent = answer.ok ? JSON.stringify(body, null, 2) : body.title;
  } catch (e) {
    pre.textContent = String(e);
  }
  details.append(pre);
}, true); // it does not bubble

// A dot of the drawing leads to its event: its row is opened to the eye and to the keyboard.
addEventListener("hashchange", () => {
  const row = document.getElementById(location.hash.slice(1));
  if (row?.tagName === "TR") { row.tabIndex = -1; row.focus({ preventScroll: true }); }
});

// A part of the page that the server sends anew whenever it changes. Only what differs is touched, so that focus, selection and
// scrolling stay where they are.
function renew(old, fresh) {
  const a = [...old.childNodes], b = [...fresh.childNodes];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (!y) x.remove();
    else if (!x) old.append(y);
    else if (x.nodeType !== y.nodeType || x.nodeName !== y.nodeName) x.replaceWith(y);
    else if (x.nodeType === Node.TEXT_NODE) { if (x.data !== y.data) x.data = y.data; }
    else if (x.nodeType === Node.ELEMENT_NODE) {
      for (const { name } of [...x.attributes]) if (!y.hasAttribute(name)) x.removeAttribute(name);
      for (const { name, value } of y.attributes) if (x.getAttribute(name) !== value) x.setAttribute(name, value);
      renew(x, y);
    }
  }
}

// The record as it was known: the slider tells the time of each change while it moves, and the page follows once it rests.
// Without this the form's button does.
const main = document.getElementById("main");
function slide() {
  const form = main?.querySelector("form[data-past]"), slider = form?.querySelector("input[type=range]");
  if (!slider) return null;
  form.querySelector("button").hidden = true;
  const times = form.dataset.past.split(" ").map(Number);
  return { form, slider, at: () => new Date(times[slider.value - 1]), newest: () => !("gone" in form.dataset) && Number(slider.value) === times.length };
}
if (slide()) {
  let timer = 0, pending = null;
  const go = async (address, push) => {
    pending?.abort();
    pending = new AbortController();
    try {
      const answer = await fetch(address, { signal: pending.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("main");
      if (!fresh?.querySelector("form[data-past]")) return location.assign(address);
      localTimes(fresh);
      printable(fresh);
      document.title = page.title;
      if (push) history.pushState(null, "", address);
      const wanted = slide()?.slider.value;
      renew(main, fresh);
      // The mark of a slider that somebody has moved does not follow its attribute.
      const now = slide()?.slider;
      if (now) now.value = push ? wanted : now.getAttribute("value");
    } catch (e) {
      if (e.name !== "AbortError") location.assign(address);
    }
  };
  main.addEventListener("input", (e) => {
    const past = slide();
    if (e.target !== past?.slider) return;
    const time = past.form.querySelector("output time");
    time.dateTime = past.at().toISOString();
    time.textContent = write(second, past.at());
    past.slider.setAttribute("aria-valuetext", time.textContent);
    clearTimeout(timer);
    const address = past.form.action + (past.newest() ? "" : "?as_of=" + encodeURIComponent(past.at().toISOString()));
    timer = setTimeout(() => go(address, true), 200);
  });
  addEventListener("popstate", () => go(location.href, false));
}

for (const part of document.querySelectorAll("[data-live]")) {
  const state = document.querySelector("[data-state]");
  const [live, lost] = state?.dataset.state.split("|") ?? [];
  const tell = (text, kind) => {
    if (!state) return;
    state.querySelector("[data-state-text]").textContent = text;
    state.classList.toggle("is-live", kind === "live");
    state.classList.toggle("is-lost", kind === "lost");
  };
  let source = null;
  const listen = () => {
    source = new EventSource(part.dataset.live);
    source.addEventListener("picture", (e) => {
      const fresh = document.createElement("div");
      fresh.innerHTML = e.data;
      localTimes(fresh);
      renew(part, fresh);
      tell(live, "live");
    });
    source.addEventListener("error", () => tell(lost, "lost"));
  };
  // A page that nobody looks at costs nobody anything.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else if (!source) listen();
  });
  listen();
}
