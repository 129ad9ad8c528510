using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using PeftLabs.Plotting;
using PeftLabs.Tests.Notebooks;

namespace PeftLabs.Tests.Plotting;

public class FigureRendererTests
{
    [Fact]
    public void Saved_png_has_the_size_asked_for_the_bars_colours_and_the_runs()
    {
        Assert.SkipWhen(FigureRenderer.Missing is not null, FigureRenderer.Missing ?? "");
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "stages.png");
        (SampleFigures.Stages() with { Runs = ["20260301-141530-00000001"] }).SavePng(path, width: 600, height: 400, scale: 1);
        var pixels = Pixels(File.ReadAllBytes(path), out var width, out var height);
        Assert.Equal((600, 400), (width, height));
        var counts = pixels.CountBy(color => color).ToDictionary();
        Assert.True(counts[0xFFFFFF] > 600 * 400 / 4, "the ground is white");
        Assert.True(counts.GetValueOrDefault(0x0072B2) > 1000, "the weights' bars are blue");
        Assert.True(counts.GetValueOrDefault(0x009E73) > 1000, "the activations' bars are green");
        var found = Assert.Single(FigureFiles.Read(path));
        Assert.Equal(("Peak memory by stage", "20260301-141530-00000001"), (found.Title, Assert.Single(found.Runs)));
    }

    [Fact]
    public void Many_figures_are_drawn_in_their_order_in_one_go()
    {
        Assert.SkipWhen(FigureRenderer.Missing is not null, FigureRenderer.Missing ?? "");
        var drawn = FigureRenderer.Draw([SampleFigures.Stages().ToJson(), SampleFigures.Losses().ToJson()], new PictureSize(500, 300, 1));
        Assert.Equal(2, drawn.Count);
        Assert.Contains(0x009E73, Pixels(drawn[0], out _, out _));
        Assert.Contains(0xD55E00, Pixels(drawn[1], out _, out _));
    }

    [Fact]
    public void Figure_that_plotly_cannot_read_is_an_error_that_says_which()
    {
        Assert.SkipWhen(FigureRenderer.Missing is not null, FigureRenderer.Missing ?? "");
        var error = Assert.Throws<InvalidOperationException>(
            () => FigureRenderer.Draw([SampleFigures.Losses().ToJson(), "{\"data\": 7, \"layout\": {\"height\": -4}}"], new PictureSize()));
        Assert.Contains("figure 2 of 2", error.Message);
    }

    /// <summary>Reads a PNG of the one kind that is written: eight bits of palette, no filter.</summary>
    private static int[] Pixels(byte[] png, out int width, out int height)
    {
        (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        Assert.Equal((8, 3), (png[24], png[25]));
        var palette = Chunk(png, "PLTE");
        using var rows = new ZLibStream(new MemoryStream(Chunk(png, "IDAT")), CompressionMode.Decompress);
        var pixels = new int[width * height];
        var row = new byte[width + 1];
        for (var y = 0; y < height; y++)
        {
            rows.ReadExactly(row);
            Assert.Equal(0, row[0]);
            for (var x = 0; x < width; x++)
            {
                var at = 3 * row[x + 1];
                pixels[y * width + x] = (palette[at] << 16) | (palette[at + 1] << 8) | palette[at + 2];
            }
        }
        return pixels;
    }

    private static byte[] Chunk(byte[] png, string type)
    {
        var at = 8;
        int Length() => BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
        while (Encoding.ASCII.GetString(png, at + 4, 4) != type) at += 12 + Length();
        return png[(at + 8)..(at + 8 + Length())];
    }
}
