"""The control page's style sheet and frame: one file, nothing loaded from elsewhere."""

from html import escape

__all__ = ["frame"]

_STYLE = """
:root { color-scheme: light dark; --line: #d5dbe3; --soft: #f4f6f9; --ink: #1c2733; --quiet: #5b6875;
  --good: #1d7a45; --bad: #b3261e; --warn: #8a5a00; --accent: #0b5cad; --paper: #ffffff }
@media (prefers-color-scheme: dark) { :root { --line: #38424d; --soft: #1b222a; --ink: #e6ebf0;
  --quiet: #9aa7b4; --good: #62c58d; --bad: #ff8a80; --warn: #f0b95b; --accent: #7fb8f5; --paper: #12171d } }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, "Segoe UI", sans-serif; color: var(--ink);
  background: var(--paper) }
header { padding: 1.1rem 2rem; background: var(--soft); border-bottom: 1px solid var(--line) }
header h1 { margin: 0; font-size: 1.25rem }
header p { margin: .2rem 0 0; color: var(--quiet); max-width: 60rem }
nav { margin-top: .6rem } nav a { margin-right: 1.2rem }
main { padding: 1.2rem 2rem 3rem; max-width: 96rem }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem } a { color: var(--accent) }
.figures { display: flex; flex-wrap: wrap; gap: .8rem }
.figures div { border: 1px solid var(--line); border-radius: 8px; padding: .6rem 1rem; min-width: 8.5rem }
.figures strong { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.figures span { color: var(--quiet) }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .45rem .8rem; border-bottom: 1px solid var(--line); vertical-align: top }
tr:last-child td { border-bottom: 0 } th { background: var(--soft); font-weight: 600; white-space: nowrap }
td.free { overflow-wrap: anywhere; min-width: 9rem } td.number { text-align: right }
td.fixed { font-family: ui-monospace, Consolas, monospace; font-size: .86em; white-space: nowrap }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) }
.quiet { color: var(--quiet) }
form, .row { display: flex; flex-wrap: wrap; gap: .8rem; align-items: end }
form > div { min-width: 0; max-width: 100% }
label { display: block; font-size: .86em; color: var(--quiet) }
select, input, button { font: inherit; padding: .35rem .6rem; border: 1px solid var(--line);
  border-radius: 6px; background: var(--paper); color: var(--ink) }
button { background: var(--accent); border-color: var(--accent); color: var(--paper); cursor: pointer }
select { max-width: 100% } input[type=number] { width: 7rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.skip { position: absolute; left: -99rem } .skip:focus { position: static }
@media (max-width: 40rem) { header, main { padding-left: .8rem; padding-right: .8rem }
  .figures div { flex: 1 1 40%; min-width: 0 } th, td { padding: .35rem .5rem }
  select, button, input[type=number] { width: 100%; min-height: 2.75rem }
  form > div { flex: 1 1 100% } }
"""


def frame(title: str, content: str) -> bytes:
    """A whole page around ``content``, which must be escaped already."""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} - sandbox</title><style>{_STYLE}</style></head>
<body><a class="skip" href="#main">To the contents</a><header><h1>A municipality in a box</h1>
<p>Simulators on this machine only. Everybody is invented, nothing leaves this computer, and what is shown
proves nothing about OCES3 trust.</p>
<nav aria-label="Pages"><a href="/">What was sent</a><a href="/people">People</a>
<a href="/journal.json">Journal as JSON</a>
<a href="/services.json">Services as JSON</a><a href="/health">Health</a></nav></header>
<main id="main">{content}</main></body></html>
"""
    return page.encode()
