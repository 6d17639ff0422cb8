element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-action]');
  if (!button || !element.contains(button) || button.disabled) return;
  const pressed = button.getAttribute('aria-pressed');
  if (pressed !== null) button.setAttribute('aria-pressed', pressed === 'true' ? 'false' : 'true');
  trigger('click', { ...button.dataset });
});
