using System.Text.Json.Nodes;
using PeftLabs.Notebooks;

namespace PeftLabs.Tests.Notebooks;

public class NotebookHtmlTests
{
    private static Notebook Sample()
    {
        var notebook = Notebook.Create();
        notebook.Add(CellKind.Markdown, "# Where memory goes\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        var cell = notebook.Add(CellKind.Code, "var text = \"<b>\"; // why");
        cell.ExecutionCount = 7;
        cell.Outputs.Add(JsonNode.Parse("""{"name": "stdout", "output_type": "stream", "text": ["1 < 2"]}"""));
        cell.Outputs.Add(JsonNode.Parse("""
            {"data": {"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": {"text": "</script>"}}},
                "text/html": ["<table></table>"], "text/plain": ["t"]},
             "metadata": {}, "output_type": "display_data"}
            """));
        return notebook;
    }

    [Fact]
    public void Page_holds_prose_code_and_escaped_text()
    {
        var html = NotebookHtml.Render(Sample(), null);
        Assert.Contains("<title>Where memory goes</title>", html);
        Assert.Contains("<td>1</td>", html);
        Assert.Contains("<span class=\"k\">var</span>", html);
        Assert.Contains("<span class=\"s\">&quot;&lt;b&gt;&quot;</span>", html);
        Assert.Contains("<span class=\"c\">// why</span>", html);
        Assert.Contains("1 &lt; 2", html);
        Assert.Contains("<table></table>", html);
    }

    [Fact]
    public void With_plotly_figures_are_live_and_their_text_cannot_end_the_script()
    {
        var html = NotebookHtml.Render(Sample(), "/* plotly */");
        Assert.Equal(1, html.Split("/* plotly */").Length - 1);
        Assert.Contains("Plotly.newPlot", html);
        Assert.DoesNotContain("\"</script>\"", html);
        Assert.DoesNotContain("<table></table>", html);
    }
}
