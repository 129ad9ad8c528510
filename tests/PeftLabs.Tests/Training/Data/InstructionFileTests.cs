using System.Text;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

public class InstructionFileTests
{
    [Fact]
    public void Every_shape_is_read_from_the_files_that_can_hold_it()
    {
        var talk = Read("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yo"}],"id":7}""")[0];
        Assert.Equal(["user", "assistant"], talk.Messages.Select(message => message.Role));
        Assert.Equal(("Add.", "1", "2"), Parts(Read("""{"instruction":"Add.","input":"1","output":"2"}""")[0]));
        Assert.Equal(("Add.", "", "2"), Parts(Read("""{"instruction":"Add.","input":null,"output":"2"}""")[0]));
        Assert.Equal(("a", "", "b"), Parts(Read("""{"prompt":"a","completion":"b"}""")[0]));
        Assert.Equal(("", "", "t"), Parts(Read("""{"text":"t"}""")[0]));
        var rows = Read("instruction,note,input,output\nAdd.,x,\"1, \"\"2\"\"\r\nand 3\",6\nSay.,,,hi\n", "csv");
        Assert.Equal([("Add.", "1, \"2\"\nand 3", "6"), ("Say.", "", "hi")], rows.Select(Parts));
        Assert.Equal([2L, 4L], rows.Select(row => row.Line));
        Assert.Equal(("", "", "a"), Parts(Read("\uFEFFtext\na", "csv")[0]));
        var call = Read("""{"messages":[{"role":"assistant","content":null,"tool_calls":[{"name":"f"}]}],"tools":[{"name":"f"}]}""")[0];
        Assert.Equal("""[{"name":"f"}]""", call.Tools!.ToJsonString());

        static (string, string, string) Parts(InstructionRecord record) => (record.Prompt, record.Input, record.Completion);
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"é\",}", 2, 13, "no JSON")]
    [InlineData("{\"text\":\"a\"}\n\n{\"text\":\"b\"}", 2, 1, "an empty line where a JSON object belongs")]
    [InlineData("[{\"text\":\"a\"}]", 1, 1, "a JSON array where JSON Lines belong")]
    [InlineData("{\"text\":\"a\"}\n  7", 2, 3, "7 where a JSON object belongs")]
    [InlineData("{\"txt\":\"a\"}", 1, 1, "there is txt; messages; instruction and output;")]
    [InlineData("{}", 1, 1, "there are none")]
    [InlineData("{\"text\":\"a\"}\n{\"prompt\":\"a\",\"completion\":\"b\"}", 2, 1, "shape PromptCompletion where line 1 has those of Text")]
    [InlineData("{\"prompt\":\"a\",\"completion\":5}", 1, 28, "completion is 5 where a string belongs")]
    [InlineData("{\"prompt\":\"é👍\",\"completion\":\"\"}", 1, 30, "completion is empty")]
    [InlineData("{\"prompt\":\"a\"}", 1, 1, "the field completion is missing")]
    [InlineData("{\"instruction\":\"\",\"output\":\"x\"}", 1, 16, "instruction is empty, so there is nothing to answer")]
    [InlineData("{\"text\":\"\\ud800\"}", 1, 9, "half of a surrogate pair")]
    [InlineData("{\"text\":\"a\",\"text\":\"b\"}", 1, 0, "no JSON")]
    [InlineData("{\"messages\":[]}", 1, 13, "an empty array where an array of at least one message belongs")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}", 1, 13, "no message is the assistant's")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\"}]}", 1, 44, "the message's content is missing")]
    [InlineData("{\"messages\":[{\"role\":7,\"content\":\"a\"}]}", 1, 22, "role is 7 where a string such as user belongs")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":null}]}", 1, 44, "content is null where a string")]
    [InlineData("{\"messages\":[3]}", 1, 14, "3 where a message")]
    [InlineData("{\"messages\":[{\"content\":\"a\"}]}", 1, 14, "role is missing")]
    [InlineData("{\"tools\":{},\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}", 1, 10, "tools is an object where an array belongs")]
    [InlineData("", 1, 1, "no record")]
    public void A_line_that_is_not_right_is_named_with_its_column(string text, long line, long column, string problem) =>
        Refused(text, "jsonl", line, column, problem);

    [Theory]
    [InlineData("text\na\n\nb", 3, 1, "an empty line")]
    [InlineData("prompt,completion\na,b\nc", 3, 1, "1 fields where the header has 2")]
    [InlineData("prompt,completion\na,\"b", 2, 3, "has no closing quote")]
    [InlineData("prompt,completion\na,\"b\"c", 2, 6, "'c' after a closing quote")]
    [InlineData("prompt,completion\na,b\"c\"", 2, 4, "a quote in a field that does not begin with one")]
    [InlineData("prompt,completion\n\"é\n\",", 3, 3, "completion is empty")]
    [InlineData("prompt\na", 1, 1, "the column completion is missing")]
    [InlineData("text,text\na,b", 1, 6, "text twice")]
    [InlineData("messages\na", 1, 1, "which cannot hold a list")]
    [InlineData("a,b\n1,2", 1, 1, "there is a, b;")]
    [InlineData("text\n", 1, 1, "no record")]
    public void A_row_that_is_not_right_is_named_with_its_column(string text, long line, long column, string problem) =>
        Refused(text, "csv", line, column, problem);

    [Fact]
    public void A_byte_that_is_no_text_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["bad.jsonl"], [.. "{\"text\":\"a\"}\n{\"text\":\"é"u8, 0xFF, .. "\"}"u8]);
        var refusal = Assert.Throws<InstructionDataException>(() => InstructionFile.Read(folder["bad.jsonl"]).ToList());
        Assert.Equal((2, 11), (refusal.Line, refusal.Column));
        Assert.Contains("0xFF is not UTF-8", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_and_other_shapes_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["data.xml"], "x");
        Assert.Contains(".jsonl", Assert.Throws<ArgumentException>(() => InstructionFile.Read(folder["data.xml"])).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => InstructionFile.Read(folder["none.jsonl"]));
        File.WriteAllText(folder["data.jsonl"], """{"text":"a"}""");
        var refusal = Assert.Throws<InstructionDataException>(() => InstructionFile.Read(folder["data.jsonl"], InstructionShape.Messages).ToList());
        Assert.Contains("all lines have to have those of Messages", refusal.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 200)]
    public void What_was_written_is_read_again(string[] prompts, string[] completions)
    {
        (string Prompt, string Completion)[] pairs = [.. prompts.Zip(completions, (a, b) => (Scrub(a), Scrub(b) + "."))];
        if (pairs.Length == 0)
            return;
        var lines = pairs.Select(pair => new JsonObject { ["prompt"] = pair.Prompt, ["completion"] = pair.Completion }.ToJsonString());
        Assert.Equal(pairs, Read(string.Join("\r\n", lines) + "\n").Select(record => (record.Prompt, record.Completion)));
        var rows = pairs.Select(pair => $"{Quoted(pair.Completion)},{Quoted(pair.Prompt)}");
        // A line end within quotes is read as a newline.
        Assert.Equal(
            pairs.Select(pair => (pair.Prompt.Replace("\r\n", "\n"), pair.Completion.Replace("\r\n", "\n"))),
            Read($"completion,prompt\n{string.Join("\n", rows)}", "csv").Select(record => (record.Prompt, record.Completion)));

        static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"")}\"";
    }

    [Property(MaxTest = 200)]
    public void Lines_are_the_same_whatever_the_buffer(string[] texts)
    {
        string[] lines = [.. texts.Select(text => Scrub(text).ReplaceLineEndings(" ").Replace("\r", " ") + "é")];
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["lines"], string.Concat(lines.Select(line => line + "\n")));
        using var read = new DataLines(folder["lines"], firstBuffer: 4);
        List<string> found = [];
        while (read.TryRead(out var line))
            found.Add(Encoding.UTF8.GetString(line));
        Assert.Equal(lines, found);
        Assert.Equal((lines.Length, new FileInfo(folder["lines"]).Length), (read.Line, read.Consumed));
    }

    private static string Scrub(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));

    private static List<InstructionRecord> Read(string text, string extension = "jsonl")
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[$"data.{extension}"], text);
        return [.. InstructionFile.Read(folder[$"data.{extension}"])];
    }

    private static void Refused(string text, string extension, long line, long column, string problem)
    {
        var refusal = Assert.Throws<InstructionDataException>(() => Read(text, extension));
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(line, refusal.Line);
        // Where the parser says no column, 0 stands for any.
        if (column > 0)
            Assert.Equal(column, refusal.Column);
        Assert.Contains($"data.{extension}, line {line}, column {refusal.Column}: ", refusal.Message, StringComparison.Ordinal);
    }
}
