using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using PeftLabs.Notebooks;
using PeftLabs.Plotting;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Plotting;

public sealed class FigureFilesTests : IDisposable
{
    private const string One = "20260301-141530-00000001", Two = "20260301-141530-00000002";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Figure Losses => SampleFigures.Losses() with { Runs = [One, Two] };

    private static Figure Stages => SampleFigures.Stages() with { Runs = [Two] };

    private static readonly byte[] Picture = PngWriter.Write(2, 1, [0, 0xFFFFFF], new Dictionary<string, string>
    {
        [PngText.Title] = "Verlust – „é“",
        [PngText.Runs] = $"{One} {Two}",
    });

    private IReadOnlyList<FoundFigure> Read(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return FigureFiles.Read(_folder[name]);
    }

    private IReadOnlyList<FoundFigure> Read(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        return FigureFiles.Read(_folder[name]);
    }

    private static void AssertFound(FoundFigure expected, FoundFigure actual)
    {
        Assert.Equal((expected.Place, expected.Title), (actual.Place, actual.Title));
        Assert.Equal(expected.Runs, actual.Runs);
    }

    [Fact]
    public void A_png_names_its_title_and_runs() => AssertFound(new("", "Verlust – „é“", [One, Two]), Assert.Single(Read("a.png", Picture)));

    [Fact]
    public void A_png_of_a_figure_without_runs_names_none() => AssertFound(new("", null, []), Assert.Single(Read("a.png", PngWriter.Write(1, 1, [0]))));

    [Fact]
    public void Texts_that_other_programs_wrote_are_read()
    {
        static byte[] Packed(string text)
        {
            using var packed = new MemoryStream();
            using (var zlib = new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true)) zlib.Write(Encoding.UTF8.GetBytes(text));
            return packed.ToArray();
        }
        byte[] keyword = [.. Encoding.Latin1.GetBytes(PngText.Runs), 0];
        Assert.Equal(One, PngText.Read(Chunk("tEXt", [.. keyword, .. Encoding.Latin1.GetBytes(One)]))[PngText.Runs]);
        Assert.Equal(One, PngText.Read(Chunk("zTXt", [.. keyword, 0, .. Packed(One)]))[PngText.Runs]);
        Assert.Equal(One, PngText.Read(Chunk("iTXt", [.. keyword, 1, 0, .. "en"u8, 0, .. "Läufe"u8, 0, .. Packed(One)]))[PngText.Runs]);
    }

    private static byte[] Chunk(string type, byte[] content) =>
        [.. PngChunks.Signature, .. BitConverter.GetBytes(content.Length).Reverse(), .. Encoding.ASCII.GetBytes(type), .. content, 0, 0, 0, 0];

    [Fact]
    public void Json_names_the_runs_of_every_figure_in_it()
    {
        AssertFound(new("", "Loss", [One, Two]), Assert.Single(Read("a.json", Losses.ToJson())));
        var both = Read("b.json", $$"""{"figures": [{{Losses.ToJson()}}, {{Stages.ToJson()}}], "other": 3}""");
        Assert.Equal(["figures[0]", "figures[1]"], both.Select(figure => figure.Place));
        AssertFound(new("figures[1]", "Peak memory by stage", [Two]), both[1]);
    }

    [Fact]
    public void A_page_names_the_runs_of_live_figures_and_of_pictures()
    {
        var page = $"<p>{{\"data\": [</p>{Losses.ToHtml()}<script>Plotly.newPlot(place, {Stages.ToJson()});</script>{FigureHtml.Picture(Picture, "t", 9)}";
        var found = Read("a.html", page);
        Assert.Equal(["Loss", "Peak memory by stage", "Verlust – „é“"], found.Select(figure => figure.Title));
        Assert.Equal([[One, Two], [Two], [One, Two]], found.Select(figure => figure.Runs));
    }

    [Fact]
    public void A_figure_that_stands_in_a_page_live_and_as_a_picture_is_one()
    {
        var drawn = PngWriter.Write(1, 1, [0], new Dictionary<string, string> { [PngText.Title] = "Loss", [PngText.Runs] = $"{One} {Two}" });
        Assert.Single(Read("a.htm", Losses.ToHtml() + FigureHtml.Picture(drawn, "t", 9)));
    }

    [Fact]
    public void A_notebook_names_the_runs_of_its_cells_and_so_does_its_page()
    {
        var notebook = Notebook.Create();
        notebook.Add(CellKind.Markdown, "# Losses");
        var live = notebook.Add(CellKind.Code, "figure");
        live.Outputs.Add(Output(("application/vnd.plotly.v1+json", JsonNode.Parse(Losses.ToJson())!), ("text/html", Losses.ToHtml())));
        live.Outputs.Add(JsonNode.Parse("""{"name": "stdout", "output_type": "stream", "text": ["1 < 2"]}"""));
        notebook.Add(CellKind.Code, "picture").Outputs.Add(Output(("image/png", Convert.ToBase64String(Picture))));
        notebook.Add(CellKind.Code, "html").Outputs.Add(Output(("text/html", new JsonArray("<div>\n", Stages.ToHtml()))));
        notebook.Save(_folder["a.ipynb"]);
        var found = FigureFiles.Read(_folder["a.ipynb"]);
        Assert.Equal(["cell 2", "cell 3", "cell 4"], found.Select(figure => figure.Place));
        Assert.Equal([[One, Two], [One, Two], [Two]], found.Select(figure => figure.Runs));
        Assert.Equal(["Loss", "Peak memory by stage", "Verlust – „é“"],
            Read("a.html", NotebookHtml.Render(notebook, "/* plotly */")).Select(figure => figure.Title).Order());
    }

    private static JsonObject Output(params (string Type, JsonNode Content)[] data) => new()
    {
        ["output_type"] = "display_data",
        ["metadata"] = new JsonObject(),
        ["data"] = new JsonObject(data.Select(form => KeyValuePair.Create(form.Type, (JsonNode?)form.Content))),
    };

    [Theory]
    [InlineData("a.png", "GIF89a", "does not begin as a PNG file")]
    [InlineData("a.json", "{\"data\": [", "is damaged")]
    [InlineData("a.ipynb", "{\"nbformat\": 4}", "it has no cells")]
    [InlineData("a.html", "<img src=\"data:image/png;base64,AAA\">", "is damaged")]
    public void A_damaged_file_is_named(string name, string text, string message)
    {
        var thrown = Assert.Throws<InvalidDataException>(() => Read(name, text)).Message;
        Assert.Contains(_folder[name], thrown);
        Assert.Contains(message, thrown);
    }

    [Fact]
    public void A_png_that_was_cut_off_is_refused()
    {
        Assert.Contains("ends after the file's", Assert.Throws<InvalidDataException>(() => Read("a.png", Picture[..60])).Message);
        Assert.Contains("ends too early", Assert.Throws<InvalidDataException>(() => Read("a.png", Chunk("iTXt", [65, 0, 0]))).Message);
    }

    [Fact]
    public void Other_endings_and_missing_files_are_refused()
    {
        Assert.Contains(".png, .json, .html", Assert.Throws<ArgumentException>(() => Read("a.svg", "<svg/>")).Message);
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => FigureFiles.Read(_folder["b.png"])).Message);
    }

    [Fact]
    public void A_name_with_marks_shows_as_it_stands()
    {
        var figure = LossCurves.Create("t", [new("a<b>&c", [1, 2])]);
        Assert.Equal("a&lt;b&gt;&amp;c", figure.Traces[0].Name);
        Assert.Contains("a<b>&c", figure.ToText());
        var bars = StackedBars.Create("t", [new("<i> and many words more than fit into one line of the axis", new Dictionary<string, long> { ["Weights"] = 1 << 20 })], horizontal: true);
        Assert.StartsWith("&lt;i&gt; and many words more than fit<br>into one", bars.Layout.YAxis.TickText![0]);
    }
}
