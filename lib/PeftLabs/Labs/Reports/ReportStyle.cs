namespace PeftLabs.Labs.Reports;

/// <summary>How a report looks: on light and dark screens, wide and narrow ones, and on paper.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { --ink: #24292f; --muted: #57606a; --ground: #ffffff; --panel: #f5f7f9; --line: #d9dee3; --rule: #8c959f;
          --accent: #0a558c; --note: #fff6dd; --note-line: #bf8700; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --muted: #a3adb8; --ground: #0f1419; --panel: #181f27; --line: #2c3540;
          --rule: #6b7683; --accent: #79bdf5; --note: #2d2611; --note-line: #d4a72c; } }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; }
        body { font: 16px/1.6 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; color: var(--ink);
          background: var(--ground); margin: 0 auto; padding: 2.5rem 1.5rem 3rem; max-width: 64rem; overflow-wrap: break-word; }
        h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
        h1 { font-size: 2.1rem; margin: .1rem 0 .5rem; letter-spacing: -.01em; }
        h2 { font-size: 1.4rem; margin: 0 0 .9rem; }
        h3 { font-size: 1.05rem; margin: 1.4rem 0 .5rem; } h4 { font-size: .85rem; margin: 0 0 .3rem; color: var(--muted); }
        p { max-width: 46rem; margin: .6rem 0; }
        a { color: var(--accent); }
        .kind { color: var(--muted); margin: 0; font-size: .9rem; } .lead { color: var(--muted); font-size: 1.05rem; margin: 0; }
        .skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; }
        header { border-bottom: 2px solid var(--ink); padding-bottom: 1.2rem; }
        nav { margin: 1.2rem 0 2.6rem; } nav h2 { font-size: .85rem; color: var(--muted); margin: 0 0 .3rem; font-weight: 600; }
        nav ol { columns: 15rem 3; margin: 0; padding-left: 1.4rem; font-size: .95rem; } nav a { text-decoration: none; }
        nav a:hover { text-decoration: underline; }
        section { margin: 0 0 3.2rem; scroll-margin-top: 1rem; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .8rem; margin: 0 0 1.2rem; }
        .facts div { background: var(--panel); border-radius: 8px; padding: .8rem 1rem; }
        .facts dt { color: var(--muted); font-size: .85rem; } .facts dd { margin: 0; font-size: 1.22rem; font-weight: 600; line-height: 1.4; }
        .facts dd.beside { font-size: .85rem; font-weight: 400; color: var(--muted); }
        .note { background: var(--note); border-left: 4px solid var(--note-line); padding: .6rem .9rem; border-radius: 0 6px 6px 0; }
        .wide { overflow-x: auto; margin: 1.1rem 0; }
        table { border-collapse: collapse; font-size: .9rem; line-height: 1.4; font-variant-numeric: tabular-nums;
          border-top: 2px solid var(--rule); border-bottom: 2px solid var(--rule); }
        caption { text-align: left; color: var(--muted); padding-bottom: .4rem; font-size: .9rem; }
        th, td { text-align: left; padding: .32rem 1.4rem .32rem 0; vertical-align: top; font-weight: 400; }
        tr > :last-child { padding-right: .3rem; }
        thead th { border-bottom: 1px solid var(--rule); font-weight: 600; vertical-align: bottom; }
        tbody tr + tr > * { border-top: 1px solid var(--line); }
        .fields th { width: 15rem; } .fields th, .fields td { padding-top: .2rem; padding-bottom: .2rem; }
        .group th { font-weight: 600; padding-top: .8rem; }
        .whole { white-space: nowrap; }
        .number { text-align: right; white-space: nowrap; }
        td code, th code { white-space: nowrap; } .fields td code, .breaks code { white-space: normal; overflow-wrap: anywhere; }
        pre, code { font: .86em/1.5 ui-monospace, "DejaVu Sans Mono", "Liberation Mono", Consolas, Menlo, monospace; }
        pre { overflow-x: auto; background: var(--panel); border-radius: 6px; padding: .7rem .9rem; margin: .5rem 0; }
        figure { margin: 1.4rem 0 2rem; } figcaption { color: var(--muted); font-size: .9rem; max-width: 46rem; margin-top: .3rem; }
        figure img { max-width: 100%; height: auto; background: #ffffff; }
        details { margin: .6rem 0; font-size: .95rem; } summary { cursor: pointer; color: var(--accent); }
        figure details { font-size: .9rem; }
        .sample { border-top: 1px solid var(--line); margin-top: 1.2rem; }
        .sample pre { white-space: pre-wrap; } .sample .prompt { background: none; border-left: 3px solid var(--rule); border-radius: 0; }
        .sample .beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; margin-top: .6rem; }
        .sample .beside > div { min-width: 0; }
        footer { color: var(--muted); font-size: .85rem; border-top: 1px solid var(--line); }
        @media (min-width: 92rem) {
          body { max-width: 80rem; padding-left: 17rem; } header { margin-bottom: 2.4rem; }
          nav { position: fixed; top: 2.5rem; left: max(1.5rem, calc(50vw - 39rem)); width: 13.5rem; } nav ol { columns: 1; }
        }
        @media print {
          html { font-size: 13px; }
          :root { --ink: #000000; --muted: #444444; --ground: #ffffff; --panel: #f5f7f9; --line: #d9dee3; --rule: #8c959f; --accent: #000000; --note: #fff6dd; }
          body { font-size: 10.5pt; padding: 0; max-width: none; } .skip, details:not([open]), .modebar { display: none; }
          nav a { text-decoration: none; } section { margin-bottom: 1.6rem; }
          figure, tr, .sample, .facts div, .note { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
          .wide { overflow: visible; } table { font-size: 8.5pt; } th, td { padding-right: .8rem; } pre { white-space: pre-wrap; }
        }

        """;
}
