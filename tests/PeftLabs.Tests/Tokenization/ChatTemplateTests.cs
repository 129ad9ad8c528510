using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Tokenization;

public class ChatTemplateTests
{
    private static readonly ChatMessage[] _hello = [new("user", "Hi"), new("assistant", "Hello")];

    [Theory]
    [InlineData("a\n{{ x | nothing }}", 2, "the filter nothing is not supported; abs, ")]
    [InlineData("{% if true %}\n\n{{ 1 }}", 1, "the block that begins here has no {% endif %}")]
    [InlineData("a\n\n{% for m in messages %}{{ m.role }}\n{{ m.role.shout() }}{% endfor %}", 4, "the str has no 'shout', and so cannot be called")]
    [InlineData("{{\n\n  1 +\n 'a' }}", 3, "+ is not for the int 1 and the str 'a'")]
    [InlineData("{%- set x = 1 %}\n{{ y.z }}", 2, "'y' is undefined")]
    [InlineData("{% extends 'base' %}", 1, "the tag {% extends %} is not supported; if, for, ")]
    [InlineData("{{ f(*messages) }}", 1, "* before an argument is not supported")]
    [InlineData("x\n{{ 'never", 2, "a string that begins here has no closing '")]
    [InlineData("x\ny {% if x %", 2, "a tag that begins here has no %}")]
    [InlineData("{{ 99999999999999999999 }}", 1, "beyond the whole numbers")]
    [InlineData("{{ 9223372036854775807 + 1 }}", 1, "beyond the whole numbers")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 1, "macros call each other more than 100 deep")]
    [InlineData("{{ strftime_now('%Q') }}", 1, "strftime_now: '%Q'")]
    [InlineData("{% for m in messages %}\n{{ loop.cycle() }}{% endfor %}", 2, "cycle needs something to go through")]
    [InlineData("{{ dict(a=1,\na=2) }}", 2, "the argument a is given twice")]
    [InlineData("{{ -(-9223372036854775807 - 1) }}", 1, "beyond the whole numbers")]
    [InlineData("{{ (-9223372036854775807 - 1)|abs }}", 1, "beyond the whole numbers")]
    [InlineData("{{ messages|tojson(indent=4611686018427387904) }}", 1, "repeated 4611686018427387904 times is too long")]
    [InlineData("{{ 'a'|indent(4611686018427387904) }}", 1, "repeated 4611686018427387904 times is too long")]
    [InlineData("{{ 'ab' * 9223372036854775807 }}", 1, "repeated 9223372036854775807 times is too long")]
    [InlineData("{{ '%99999999999d'|format(1) }}", 1, "99999999999 in the format '%99999999999d' has more than 4 digits")]
    [InlineData("{{ '%.99999999999f'|format(1) }}", 1, "99999999999 in the format '%.99999999999f' has more than 4 digits")]
    [InlineData("{% set g %}{% generation %}a{% endgeneration %}{% endset %}", 1, "has no place in the text")]
    public void What_is_wrong_is_said_with_its_line(string source, int line, string problem)
    {
        var refusal = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(source, name: "mine.jinja").Render(_hello));
        Assert.Equal(("mine.jinja", line), (refusal.Template, refusal.Line));
        Assert.Contains(problem, refusal.Problem, StringComparison.Ordinal);
        Assert.StartsWith($"mine.jinja, line {line}: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_nested_without_end_is_refused()
    {
        string[] values =
        [
            new string('(', 100_000) + "1" + new string(')', 100_000), new string('-', 100_000) + "1",
            "1" + string.Concat(Enumerable.Repeat("+1", 200_000)),
        ];
        foreach (var value in values)
        {
            var refusal = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse($"{{{{ {value} }}}}").Render(_hello));
            Assert.Contains("nested too deeply", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 1000)]
    public void Any_text_is_rendered_or_refused(byte[] choices)
    {
        string[] parts =
        [
            "{{ ", " }}", "{% ", " %}", "{%- ", " -%}", "{# ", " #}", "if ", "else", "endif", "for m in messages", "endfor", "set x = ", "x", "1",
            "'a'", "messages", "[0]", ".role", "|", "upper", "join(", ")", "(", "[", "]", "{", "}", ":", ",", " is ", "defined", " not ", " in ",
            "+", "-", "~", "\n", "raw", "endraw", "macro m(a)", "endmacro", "generation", "endgeneration", "loop.index", "namespace(", "\"", "text ",
            "%", "=", "break", "\\", "loop.cycle()", "dict(a=1, a=2)", "-(-9223372036854775807 - 1)", "(-9223372036854775807 - 1)|abs",
            "messages|tojson(indent=-1)", "'a'|indent(-1)", "'%99999999999d'|format(1)", "messages[1::9223372036854775807]",
            "'ab' * 9223372036854775807",
        ];
        var source = string.Concat(choices.Select(choice => parts[choice % parts.Length]));
        try
        {
            ChatTemplate.Parse(source).Render(_hello);
        }
        catch (ChatTemplateException)
        {
        }
    }

    [Theory]
    [InlineData("18446744073709551615", "The number 18446744073709551615 is beyond the whole numbers that are supported")]
    [InlineData("\"\\ud800\"", "surrogate")]
    [InlineData("{\"\\ud800\": 1}", "surrogate")]
    [InlineData("{\"a\": 1, \"a\": 2}", "same key")]
    public void What_a_template_cannot_hold_is_refused_by_the_variable(string json, string problem)
    {
        var template = ChatTemplate.Parse("{{ tools }}{{ extra }}", name: "mine");
        var refusal = Assert.Throws<ChatTemplateException>(() => template.Render(_hello, tools: new(JsonNode.Parse(json))));
        Assert.StartsWith("mine: the variable tools is nothing a template can hold: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        refusal = Assert.Throws<ChatTemplateException>(() => template.RenderMarked(
            _hello, variables: new Dictionary<string, JsonNode?> { ["extra"] = JsonNode.Parse(json) }));
        Assert.Contains("the variable extra is", refusal.Message, StringComparison.Ordinal);
        var message = new JsonObject { ["role"] = "user", ["content"] = JsonNode.Parse(json) };
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => new ChatMessage(message)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generation_block_in_another_is_a_part_of_it()
    {
        const string Nested = "{% for m in messages %}{% generation %}{{ m.role }}:{% generation %}{{ m.content }}{% endgeneration %}."
            + "{% generation %}!{% endgeneration %}{% endgeneration %}{% generation %}{% endgeneration %} {% endfor %}";
        var chat = ChatTemplate.Parse(Nested).RenderMarked(_hello);
        Assert.Equal("user:Hi.! assistant:Hello.! ", chat.Text);
        Assert.Equal(["user:Hi.!", "assistant:Hello.!"], chat.Assistant.Select(range => chat.Text[range]));
    }

    [Fact]
    public void A_turn_that_adds_nothing_has_no_range()
    {
        const string Silent = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
        ChatMessage[] talk = [new("user", "Hi"), new("assistant", ""), new("user", "Hi?"), new("assistant", "Yes")];
        var chat = ChatTemplate.Parse(Silent).RenderMarked(talk);
        Assert.Equal(["Yes"], chat.Assistant.Select(range => chat.Text[range]));
    }

    [Fact]
    public void A_generation_prompt_shorter_than_the_text_before_gives_no_overlap()
    {
        const string Short = "{% for m in messages %}{{ m.content }}{% if not (loop.last and add_generation_prompt) %};{% endif %}{% endfor %}";
        ChatMessage[] talk = [new("user", "Hi"), new("assistant", "one"), new("assistant", "two")];
        var chat = ChatTemplate.Parse(Short).RenderMarked(talk);
        Assert.Equal("Hi;one;two;", chat.Text);
        Assert.Equal([";one;", "two;"], chat.Assistant.Select(range => chat.Text[range]));
    }

    [Property(MaxTest = 200)]
    public void ChatML_marks_just_what_the_assistant_said(string[] contents)
    {
        ChatMessage[] talk = [.. contents.Select((content, i) => new ChatMessage(i % 2 == 0 ? "user" : "assistant", content ?? ""))];
        var chat = ChatFormats.ChatML.RenderMarked(talk);
        var said = talk.Where(message => message.Role == "assistant").Select(message => message.Content + "<|im_end|>");
        Assert.Equal(said, chat.Assistant.Select(range => chat.Text[range]));
        Assert.Equal(string.Concat(talk.Select(message => $"<|im_start|>{message.Role}\n{message.Content}<|im_end|>\n")), chat.Text);
    }

    [Fact]
    public void A_template_that_rewrites_what_came_before_is_refused_where_it_marks_nothing()
    {
        // As reasoning models do it: only the last answer keeps its thoughts.
        const string Forgetful = "{% for m in messages %}<{{ m.role }}>{{ m.content if loop.last else m.content.split('#')[-1] }}</>{% endfor %}"
            + "{% if add_generation_prompt %}<assistant>{% endif %}";
        ChatMessage[] talk = [new("user", "Hi"), new("assistant", "hm#Hello"), new("user", "Bye"), new("assistant", "oh#Bye")];
        Assert.Equal("<user>Hi</><assistant>Hello</><user>Bye</><assistant>oh#Bye</>", ChatTemplate.Parse(Forgetful).Render(talk));
        var refusal = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(Forgetful).RenderMarked(talk));
        Assert.Contains("assistant's message 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("it has 'Hello</><user>Bye</>' where 'hm#Hello</>' stood, at character 22", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("{% generation %}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Templates_are_found_in_all_their_places()
    {
        using var folder = new TemporaryFolder();
        Missing("ChatFormats.ChatML", null);
        Write("tokenizer_config.json", """{"bos_token":{"content":"<s>"},"eos_token":"</s>","chat_template":"{{ bos_token }}one"}""");
        Assert.Equal("<s>one", ChatTemplate.Load(folder.Path).Render(_hello));
        Write("tokenizer_config.json", """
            {"bos_token":"<s>","chat_template":[{"name":"tool_use","template":"tools"},{"name":"default","template":"two"}]}
            """);
        Assert.Equal(("two", "tools"), (ChatTemplate.Load(folder.Path).Render(_hello), ChatTemplate.Load(folder.Path, "tool_use").Render(_hello)));
        Write("chat_template.jinja", "{{ bos_token }}three\n");
        Assert.Equal("<s>three", ChatTemplate.Load(folder.Path).Render(_hello));
        Assert.EndsWith("chat_template.jinja", ChatTemplate.Load(folder.Path).Name, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder.Path, "additional_chat_templates"));
        Write("additional_chat_templates/rag.jinja", "four");
        Assert.Equal("four", ChatTemplate.Load(folder.Path, "rag").Render(_hello));
        Missing("default, rag, tool_use", "none");

        void Missing(string said, string? name) => Assert.Contains(
            said, Assert.Throws<FileNotFoundException>(() => ChatTemplate.Load(folder.Path, name)).Message, StringComparison.Ordinal);

        void Write(string name, string text) => File.WriteAllText(Path.Combine(folder.Path, name), text);
    }

    [Fact]
    public void A_file_of_its_own_has_the_special_tokens_of_a_folder()
    {
        using TemporaryFolder folder = new(), other = new();
        File.WriteAllText(folder["tokenizer_config.json"], """{"bos_token":{"content":"<s>"},"eos_token":"</s>","cls_token":"[CLS]"}""");
        File.WriteAllText(other["mine"], "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ cls_token }}");
        var template = ChatTemplate.LoadFile(other["mine"], folder.Path);
        Assert.Equal(("<s>Hi</s>[CLS]", other["mine"]), (template.Render([new("user", "Hi")]), template.Name));
        Assert.Equal("Hi", ChatTemplate.LoadFile(other["mine"], other.Path).Render([new("user", "Hi")]));
        Assert.Throws<FileNotFoundException>(() => ChatTemplate.LoadFile(other["none"], folder.Path));
    }

    [Fact]
    public void The_time_is_that_of_the_clock_and_a_part_of_the_hash()
    {
        ChatTemplate At(string time, string source) =>
            ChatTemplate.Parse(source, clock: new FixedClock(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)));
        const string Dated = "{{ strftime_now('%d %b %Y, %A, %H:%M, %-d/%-m/%y %j %p %%') }}";
        Assert.Equal("05 Mar 2024, Tuesday, 14:07, 5/3/24 065 PM %", At("2024-03-05T14:07:09Z", Dated).Render([]));
        Assert.NotEqual(At("2024-03-05T00:00:00Z", Dated).Hash, At("2024-03-06T00:00:00Z", Dated).Hash);
        Assert.Equal(At("2024-03-05T00:00:00Z", Dated).Hash, At("2024-03-05T23:00:00Z", Dated).Hash);
        Assert.Equal(At("2024-03-05T00:00:00Z", "x").Hash, At("2024-03-06T00:00:00Z", "x").Hash);
        Assert.NotEqual(ChatTemplate.Parse("x").Hash, ChatTemplate.Parse("x", new Dictionary<string, string> { ["bos_token"] = "" }).Hash);
    }

    [Fact]
    public void A_message_keeps_all_its_fields_and_needs_a_role()
    {
        var message = new ChatMessage(new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray("f") });
        Assert.Equal(("assistant", null), (message.Role, message.Content));
        var template = ChatTemplate.Parse("{% set m = messages[0] %}{{ m.role }} {{ m.tool_calls | tojson }} {{ m.content }}");
        Assert.Equal("""assistant ["f"] None""", template.Render([message]));
        var refusal = Assert.Throws<ArgumentException>(() => new ChatMessage(new JsonObject { ["role"] = 1 }));
        Assert.Contains("role is 1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("missing", Assert.Throws<ArgumentException>(() => new ChatMessage(new JsonObject())).Message, StringComparison.Ordinal);
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
