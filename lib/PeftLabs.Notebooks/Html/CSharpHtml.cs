using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PeftLabs.Notebooks;

/// <summary>A C# program in HTML, its keywords, strings, numbers and comments marked for colour.</summary>
internal static class CSharpHtml
{
    public static string Render(string source)
    {
        var html = new StringBuilder();
        foreach (var token in SyntaxFactory.ParseTokens(source, options: new CSharpParseOptions(kind: SourceCodeKind.Script)))
        {
            foreach (var trivia in token.LeadingTrivia) Append(html, StyleOf(trivia), trivia.ToFullString());
            Append(html, StyleOf(token), token.Text);
            foreach (var trivia in token.TrailingTrivia) Append(html, StyleOf(trivia), trivia.ToFullString());
        }
        return html.ToString();
    }

    private static void Append(StringBuilder html, string? style, string text)
    {
        var encoded = WebUtility.HtmlEncode(text);
        html.Append(style is null || text.Length == 0 ? encoded : $"<span class=\"{style}\">{encoded}</span>");
    }

    private static string? StyleOf(SyntaxToken token)
    {
        if (token.IsKeyword() || SyntaxFacts.IsContextualKeyword(SyntaxFacts.GetContextualKeywordKind(token.Text))) return "k";
        var kind = token.Kind();
        if (kind == SyntaxKind.NumericLiteralToken) return "n";
        return kind is SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.InterpolatedStringToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken ? "s" : null;
    }

    private static string? StyleOf(SyntaxTrivia trivia) =>
        trivia.IsDirective ? "d" : trivia.ToString().StartsWith('/') ? "c" : null;
}
