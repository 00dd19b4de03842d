"""What the benchmark of the page runs inside it."""

from typing import Final

FIRST_LOAD: Final = """() => {
  const resources = performance.getEntriesByType('resource');
  const scripts = resources.filter((one) => /\\.m?js$/.test(one.name));
  const [painted] = performance.getEntriesByName('first-contentful-paint');
  return {
    modules: scripts.length,
    sent: scripts.reduce((total, one) => total + one.encodedBodySize, 0),
    painted: painted.startTime,
  };
}"""
"""How many modules were loaded, their bytes as they were sent, and milliseconds until something was painted."""

BARE_FIELD: Final = "() => { document.body.innerHTML = '<textarea></textarea>'; }"

KEY: Final = """() => {
  const field = document.querySelector('textarea');
  field.focus();
  return () => {
    field.value += 'x';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
}"""

BARE_THUMBNAILS: Final = """(count) => {
  const button = '<button class="revision-face" aria-pressed="false">A picture</button>';
  document.body.innerHTML = button.repeat(count);
  document.body.onclick = ({ target }) => {
    document.querySelector('[aria-pressed="true"]')?.setAttribute('aria-pressed', 'false');
    target.setAttribute('aria-pressed', 'true');
  };
}"""

SWAP: Final = """() => {
  const other = document.querySelector('.revision-face[aria-pressed="false"]');
  return () => other.click();
}"""


def shown(act: str) -> str:
    """A function that does something so many times, and gives the milliseconds until it was shown, each time.

    Args:
        act: a function that prepares it, and gives one that does it.
    """
    return f"""async (times) => {{
      const painted = () => new Promise((then) => requestAnimationFrame(() => {{
        const {{ port1, port2 }} = new MessageChannel();
        port1.onmessage = then;
        port2.postMessage(null);
      }}));
      const taken = [];
      while (taken.length < times) {{
        const act = ({act})();
        await painted();
        const began = performance.now();
        act();
        await painted();
        taken.push(performance.now() - began);
      }}
      return taken;
    }}"""
