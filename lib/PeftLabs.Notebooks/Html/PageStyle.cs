namespace PeftLabs.Notebooks;

/// <summary>How a notebook's page looks.</summary>
internal static class PageStyle
{
    public const string Css = """
        body { font: 16px/1.55 Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #24292f; }
        body { max-width: 60rem; margin: 2rem auto; padding: 0 1.5rem; }
        h1, h2, h3 { line-height: 1.25; margin: 1.6em 0 .5em; }
        h1 { font-size: 1.9rem; } h2 { font-size: 1.4rem; } h3 { font-size: 1.1rem; }
        pre, code { font: 13.5px/1.5 "JetBrains Mono", "DejaVu Sans Mono", Consolas, Menlo, monospace; }
        p code, li code, td code { background: #f3f4f6; padding: .1em .3em; border-radius: 3px; }
        pre { overflow-x: auto; margin: .4rem 0; }
        .prose { margin: 1.2rem 0 1.2rem 3rem; }
        .cell { display: flex; margin: 1rem 0; }
        .count { flex: 0 0 3rem; color: #8c959f; font: 12px/2.6 "DejaVu Sans Mono", monospace; }
        .count:not(:empty)::before { content: "["; } .count:not(:empty)::after { content: "]"; }
        .content { flex: 1; min-width: 0; }
        .code { background: #f6f8fa; border: 1px solid #e3e6ea; border-radius: 6px; padding: .6rem .8rem; }
        .output { margin: .4rem 0; padding: 0 .8rem; overflow-x: auto; }
        .stderr { background: #fff8e6; } .error { background: #fdecea; color: #8c1d18; padding: .6rem .8rem; border-radius: 6px; }
        .k { color: #8250df; } .s { color: #0a5c36; } .n { color: #953800; } .c { color: #6e7781; font-style: italic; }
        .d { color: #57606a; }
        table { border-collapse: collapse; font-size: 14px; margin: .6rem 0; }
        th, td { padding: .25rem .7rem; border-bottom: 1px solid #e3e6ea; } th { border-bottom: 2px solid #b8bec5; }
        img { max-width: 100%; }
        """;
}
