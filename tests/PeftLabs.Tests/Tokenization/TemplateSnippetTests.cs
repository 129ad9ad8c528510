using System.Text.Json.Nodes;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

/// <summary>What Jinja itself, set up as transformers sets it up, makes of small templates (templates/write.py).</summary>
public class TemplateSnippetTests
{
    private static readonly string _folder = Path.Combine(Shared.Root, "tests", "PeftLabs.Tests", "Tokenization", "templates");
    private static readonly JsonNode _given = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "snippets.json")))!;
    private static readonly JsonArray _expected = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "expected.json")))!.AsArray();

    public static TheoryData<int> Snippets => [.. Enumerable.Range(0, _expected.Count)];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void A_snippet_becomes_what_Jinja_makes_of_it(int index)
    {
        var (source, expected) = ((string)_given["snippets"]![index]!, (string?)_expected[index]!["text"]);
        if (expected is null)
            Assert.Equal(1, Assert.Throws<ChatTemplateException>(() => Render(source)).Line);
        else
            Assert.Equal(expected, Render(source));
    }

    private static string Render(string source)
    {
        var variables = _given["variables"]!.AsObject();
        var messages = variables["messages"]!.AsArray().Select(message => new ChatMessage(message!.AsObject())).ToList();
        string[] own = ["messages", "tools", "add_generation_prompt"];
        return ChatTemplate.Parse(source).Render(
            messages, addGenerationPrompt: true, variables["tools"]!.AsArray(),
            variables.Where(variable => !own.Contains(variable.Key)).ToDictionary(variable => variable.Key, variable => variable.Value));
    }
}
