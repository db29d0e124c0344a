// SPDX-License-Identifier: Apache-2.0

/** The page's only script: filters findings, and opens everything for print. The page reads well without it. */
export const SCRIPT = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  addEventListener('beforeprint', () => all('details').forEach((each) => { each.open = true; }));
  const tools = document.getElementById('tools');
  if (tools === null) return;
  const words = document.getElementById('filter');
  const shown = document.getElementById('shown');
  const cards = all('.finding').map((card) => ({ card, text: card.textContent.toLowerCase() }));
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\\s+/);
    const severities = new Set(all('#tools input:checked').map((each) => each.value));
    let number = 0;
    for (const { card, text } of cards) {
      const show = severities.has(card.dataset.severity) && wanted.every((word) => text.includes(word));
      card.hidden = !show;
      number += show ? 1 : 0;
    }
    for (const section of all('.where')) section.hidden = section.querySelector('.finding:not([hidden])') === null;
    shown.textContent = number + ' of ' + cards.length + ' groups shown';
  };
  tools.hidden = false;
  tools.addEventListener('input', apply);
  addEventListener('hashchange', () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target === null || target.closest('[hidden]') === null) return;
    words.value = '';
    all('#tools input[type=checkbox]').forEach((each) => { each.checked = true; });
    apply();
    target.scrollIntoView();
  });
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.target.matches('input')) return;
    event.preventDefault();
    words.focus();
  });
  apply();
})();`;
