using PeftLabs.Notebooks;

namespace PeftLabs.Tests.Notebooks;

public class NotebookTests
{
    // Written as Jupyter writes: one space a level, text unescaped, a newline at the end, fields that nobody here knows.
    private const string Written = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "intro",
           "metadata": {
            "zebra": {
             "a": [
              1,
              2.50,
              1e-05
             ]
            }
           },
           "source": [
            "# Título \"1\" <b>&amp;</b> 😀\n",
            "\\tab\there"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 3,
           "id": "c1",
           "metadata": {
            "tags": [
             "parameters"
            ]
           },
           "outputs": [
            {
             "name": "stdout",
             "output_type": "stream",
             "text": [
              "\u001b[1mhi\n"
             ]
            }
           ],
           "source": []
          }
         ],
         "metadata": {},
         "nbformat": 4,
         "nbformat_minor": 5,
         "x_own": null
        }

        """;

    [Fact]
    public void Read_then_written_gives_the_same_bytes() => Assert.Equal(Written, Notebook.Parse(Written, "n.ipynb").ToJson());

    [Fact]
    public void Saved_then_loaded_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("n.ipynb", Written);
        Notebook.Load(path).Save(path);
        Assert.Equal(Written, File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Created_names_the_csharp_kernel_and_reads_back()
    {
        var notebook = Notebook.Create();
        notebook.Add(CellKind.Markdown, "# One\ntwo");
        notebook.Add(CellKind.Code, "1 + 1", null, "parameters", "slow");
        var text = notebook.ToJson();
        var back = Notebook.Parse(text, "n.ipynb");
        Assert.Equal(text, back.ToJson());
        Assert.Equal(".net-csharp", (string?)back.Node["metadata"]!["kernelspec"]!["name"]);
        Assert.Equal(["parameters", "slow"], back.Cells[1].Tags);
        Assert.Equal("# One\ntwo", back.Cells[0].Source);
        Assert.Equal(["# One\n", "two"], back.Node["cells"]![0]!["source"]!.AsArray().Select(line => (string)line!));
    }

    [Fact]
    public void Missing_ids_are_made_the_same_every_time_and_unlike_each_other()
    {
        const string text = """
            {"cells": [{"cell_type": "code", "source": "x", "metadata": {}}, {"cell_type": "code", "source": ["x"], "metadata": {}}],
             "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
            """;
        var notebook = Notebook.Parse(text, "n.ipynb");
        Assert.Equal(notebook.ToJson(), Notebook.Parse(text, "n.ipynb").ToJson());
        Assert.Equal(2, notebook.Cells.Select(cell => cell.Id).Distinct().Count());
        Assert.All(notebook.Cells, cell => Assert.Matches("^[0-9a-f]{8}$", cell.Id));
        Assert.Equal(5, (int)notebook.Node["nbformat_minor"]!);
    }

    [Theory]
    [InlineData("{\n\"cells\": [}", "line 2")]
    [InlineData("[]", "a JSON object")]
    [InlineData("""{"cells": [], "metadata": {}, "nbformat": 3}""", "nbformat should be 4, but is 3")]
    [InlineData("""{"cells": {}, "metadata": {}, "nbformat": 4}""", "cells should be an array")]
    [InlineData("""{"cells": [], "nbformat": 4}""", "metadata should be an object, but is nothing")]
    [InlineData("""{"cells": [{"cell_type": "cod", "source": ""}], "metadata": {}, "nbformat": 4}""", "cells[0].cell_type")]
    [InlineData("""{"cells": [{"cell_type": "code", "source": [1]}], "metadata": {}, "nbformat": 4}""", "cells[0].source")]
    [InlineData("""{"cells": [{"cell_type": "code", "source": "", "outputs": 7}], "metadata": {}, "nbformat": 4}""", "cells[0].outputs")]
    [InlineData("""{"cells": [{"cell_type": "raw", "source": "", "a": 1, "a": 2}], "metadata": {}, "nbformat": 4}""", "not JSON")]
    public void Malformed_notebook_is_refused_with_file_and_place(string text, string place)
    {
        var error = Assert.Throws<NotebookException>(() => Notebook.Parse(text, "dir/n.ipynb"));
        Assert.StartsWith("dir/n.ipynb:", error.Message);
        Assert.Contains(place, error.Message);
    }
}
