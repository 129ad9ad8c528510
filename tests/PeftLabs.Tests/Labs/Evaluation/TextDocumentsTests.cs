using PeftLabs.Labs;
using PeftLabs.Tests.Formats;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Evaluation;

public sealed class TextDocumentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    [Fact]
    public void A_plain_file_is_one_document_unless_lines_part_it()
    {
        Assert.Equal(["a\n\nb"], TextDocuments.Read(File("a.txt", "a\r\n\nb\n")).Documents);
        var parted = TextDocuments.Read(File("b.txt", "one\n<|endoftext|>\n\n<|endoftext|>\ntwo\n<|endoftext|> is text here\n<|endoftext|>\n"));
        Assert.Equal(["one", "two\n<|endoftext|> is text here"], parted.Documents);
        Assert.Equal("b.txt", parted.Name);
    }

    [Fact]
    public void Of_json_lines_each_text_is_a_document_and_empty_ones_are_left_out() =>
        Assert.Equal(["é\n1", "2"], TextDocuments.Read(File("a.jsonl", "{\"id\":1,\"text\":\"\\u00e9\\n1\"}\n{\"text\":\"\"}\n{\"text\":\"2\"}")).Documents);

    [Fact]
    public void No_more_are_read_than_are_asked_for_and_all_where_there_are_fewer()
    {
        var path = File("a.jsonl", "{\"text\":\"1\"}\n{\"text\":\"2\"}\nbroken");
        Assert.Equal(["1", "2"], TextDocuments.Read(path, 2).Documents);
        Assert.Equal(["1"], TextDocuments.Read(File("b.jsonl", "{\"text\":\"1\"}"), 500).Documents);
    }

    [Theory]
    [InlineData("a.txt", "", "a.txt, line 1, column 1: the file holds no text")]
    [InlineData("a.jsonl", "", "a.jsonl, line 1, column 1: the file holds no text")]
    [InlineData("a.jsonl", "{\"text\":\"1\"}\n{\"text\":3}\n", "a.jsonl, line 2, column 1: a JSON object with the text")]
    [InlineData("a.jsonl", "[\"text\"]\n", "a.jsonl, line 1, column 1: a JSON object with the text")]
    [InlineData("a.jsonl", "{\"text\":\"1\"}\n{\"text\" 3}\n", "a.jsonl, line 2, column 9: no JSON (")]
    [InlineData("a.jsonl", "{\"text\":\"1\"}\n\n", "a.jsonl, line 2, column 1: no JSON (")]
    public void What_is_wrong_in_a_file_is_told_with_its_place(string name, string text, string message) =>
        Assert.Contains(message, Assert.Throws<InstructionDataException>(() => TextDocuments.Read(File(name, text))).Message);

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        System.IO.File.WriteAllBytes(_folder["a.txt"], [0x61, 0x0A, 0x62, 0xFF]);
        Assert.Contains("line 2, column 2: the byte 0xFF is not UTF-8",
            Assert.Throws<InstructionDataException>(() => TextDocuments.Read(_folder["a.txt"])).Message);
        Assert.Throws<FileNotFoundException>(() => TextDocuments.Read(_folder["none.txt"]));
    }
}
