using System.Diagnostics;
using PeftLabs.Notebooks;
using PeftLabs.Notebooks.Execution;

namespace PeftLabs.Tests.Notebooks;

public sealed class NotebookRunnerTests : IDisposable
{
    private readonly RunnerHarness _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task Cells_share_state_usings_types_and_methods()
    {
        var result = await _lab.RunAsync(
            "using System.Numerics;\nint x = 2;", "record P(int A);\nint Twice(int n) => 2 * n;",
            "Twice(x) + new P(3).A + (int)new Vector2(1, 0).X");
        Assert.True(result.Succeeded, result.Failure?.ToString());
        Assert.Equal(["execute_result: 8"], _lab.Outputs(2));
        Assert.Equal([1, 2, 3], _lab.Written.Cells.Select(cell => cell.ExecutionCount!.Value));
    }

    [Fact]
    public async Task Outputs_keep_their_order_and_console_text_is_joined()
    {
        await _lab.RunAsync(
            "Console.Write(\"a\");\nConsole.WriteLine(\"b\");\ndisplay(1);\n"
            + "Console.Error.WriteLine(\"e\");\nConsole.WriteLine(\"c\");\n2.5.Display();\n\"last\"");
        Assert.Equal(["stdout: ab\n", "display_data: 1", "stderr: e\n", "stdout: c\n", "display_data: 2.5", "execute_result: last"],
            _lab.Outputs(0));
    }

    [Fact]
    public async Task Console_text_of_tasks_and_threads_belongs_to_the_cell()
    {
        await _lab.RunAsync("await System.Threading.Tasks.Task.Run(() => Console.Write(\"task \"));\n"
            + "var t = new System.Threading.Thread(() => Console.Write(\"thread\"));\nt.Start(); t.Join();");
        Assert.Equal(["stdout: task thread"], _lab.Outputs(0));
    }

    [Fact]
    public async Task Carriage_returns_overwrite_as_on_a_terminal()
    {
        await _lab.RunAsync("Console.Write(\"step 1\\rstep 2\\rstep 30\\nend\");");
        Assert.Equal(["stdout: step 30\nend"], _lab.Outputs(0));
    }

    [Fact]
    public async Task All_cells_run_on_one_thread_also_after_await()
    {
        const string id = "System.Threading.Thread.CurrentThread.ManagedThreadId";
        var result = await _lab.RunAsync(
            $"var first = {id};", $"await System.Threading.Tasks.Task.Delay(5);\n{id} == first",
            $"System.Threading.Tasks.Task.Delay(5).Wait();\n{id} == first");
        Assert.True(result.Succeeded);
        Assert.Equal(["execute_result: True"], _lab.Outputs(1));
        Assert.Equal(["execute_result: True"], _lab.Outputs(2));
    }

    [Fact]
    public async Task Blocking_on_a_task_that_awaits_does_not_hang()
    {
        var result = await _lab.RunAsync(
            "async System.Threading.Tasks.Task<int> F() { await System.Threading.Tasks.Task.Delay(5); return 3; }", "F().Result");
        Assert.True(result.Succeeded);
        Assert.Equal(["execute_result: 3"], _lab.Outputs(1));
    }

    [Fact]
    public async Task Null_is_shown_and_void_and_statements_are_not()
    {
        await _lab.RunAsync("(string)null", "Console.Out.Flush()", "int a = 1;");
        Assert.Equal(["execute_result: <null>"], _lab.Outputs(0));
        Assert.Empty(_lab.Outputs(1));
        Assert.Empty(_lab.Outputs(2));
    }

    [Fact]
    public async Task Displayed_value_can_be_updated()
    {
        await _lab.RunAsync("var shown = display(\"old\");\nshown.Update(\"new\");");
        Assert.Equal(["display_data: new"], _lab.Outputs(0));
    }

    [Fact]
    public async Task Load_brings_declarations_and_global_usings_to_later_cells()
    {
        _lab.Folder.File("setup.csx", "global using System.Numerics;\nint fromSetup = 41;\n");
        var result = await _lab.RunAsync("#load \"setup.csx\"", "fromSetup + (int)new Vector2(1, 0).X");
        Assert.True(result.Succeeded, result.Failure?.ToString());
        Assert.Equal(["execute_result: 42"], _lab.Outputs(1));
    }

    [Fact]
    public async Task Reference_of_an_assembly_of_the_program_is_the_program_s_own()
    {
        var result = await _lab.RunAsync(
            "#r \"../nowhere/PeftLabs.dll\"\n#r \"nuget: xunit.v3.assert, 4.0.0\"",
            $"Xunit.Assert.Equal({System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(typeof(PeftLabs.Plotting.Figure))}, "
            + "System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(typeof(PeftLabs.Plotting.Figure)));\n"
            + "typeof(PeftLabs.Plotting.Figure).Assembly.Location");
        Assert.True(result.Succeeded, result.Failure?.ToString());
        Assert.Equal([$"execute_result: {typeof(PeftLabs.Plotting.Figure).Assembly.Location}"], _lab.Outputs(1));
    }

    [Theory]
    [InlineData("#r \"nuget: Nowhere.Found, 1.0\"", "no Nowhere.Found.dll lies beside the program")]
    [InlineData("#r \"missing/Some.dll\"", "there is no file")]
    public async Task Reference_that_is_not_there_is_refused_with_the_reason(string cell, string reason)
    {
        var result = await _lab.RunAsync("1", cell);
        Assert.Equal((2, 1, "CS0006"), (result.Failure!.Cell, result.Failure.Line, result.Failure.Name));
        Assert.Contains(reason, result.Failure.Message);
    }

    [Fact]
    public async Task Compile_error_says_cell_line_and_message_and_ends_the_run()
    {
        var result = await _lab.RunAsync("Console.Write(1);", "int a = 1;\nint b = nothing;\n", "Console.Write(3);");
        Assert.Equal((2, 2, "CS0103"), (result.Failure!.Cell, result.Failure.Line, result.Failure.Name));
        Assert.StartsWith("cell 2, line 2: CS0103: ", result.Failure.ToString());
        Assert.Equal(["stdout: 1"], _lab.Outputs(0));
        Assert.StartsWith("error: CS0103: ", Assert.Single(_lab.Outputs(1)));
        Assert.Empty(_lab.Outputs(2));
        Assert.Null(_lab.Written.Cells[2].ExecutionCount);
    }

    [Fact]
    public async Task Exception_says_the_line_and_keeps_what_the_cell_put_out()
    {
        var result = await _lab.RunAsync(
            "void Fail() =>\n  throw new InvalidOperationException(\"boo\");",
            "Console.Write(\"before\");\n\nFail();\nConsole.Write(\"after\");");
        Assert.Equal("cell 2, line 3: InvalidOperationException: boo", result.Failure!.ToString());
        Assert.Equal(["stdout: before", "error: InvalidOperationException: boo"], _lab.Outputs(1));
        Assert.Contains(result.Failure.Trace, line => line.Contains("Cell 1, line 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Error_in_a_loaded_file_names_the_file()
    {
        _lab.Folder.File("setup.csx", "int a = nothing;\n");
        var result = await _lab.RunAsync("#load \"setup.csx\"");
        Assert.StartsWith("setup.csx: ", result.Failure!.Message);
        Assert.Contains(result.Failure.Trace, line => line.StartsWith("setup.csx, line 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Earlier_outputs_are_cleared_and_a_markdown_cell_is_left_alone()
    {
        var notebook = Notebook.Create();
        notebook.Add(CellKind.Markdown, "# Title");
        notebook.Add(CellKind.Code, "Console.Write(1);");
        notebook.Save(_lab.NotebookPath);
        for (var run = 0; run < 2; run++) await new NotebookRunner(_lab.NotebookPath, new RunOptions()).RunAsync(RunnerHarness.Token);
        Assert.Equal(["stdout: 1"], _lab.Outputs(1));
        Assert.Equal("# Title", _lab.Written.Cells[0].Source);
    }

    [Fact]
    public async Task Output_file_of_its_own_leaves_the_notebook_as_it_was()
    {
        _lab.Write("1 + 1");
        var before = File.ReadAllText(_lab.NotebookPath);
        var output = Path.Combine(_lab.Folder.Path, "out.ipynb");
        var result = await new NotebookRunner(_lab.NotebookPath, new RunOptions { OutputPath = output }).RunAsync(RunnerHarness.Token);
        Assert.Equal(before, File.ReadAllText(_lab.NotebookPath));
        Assert.Equal(output, result.OutputPath);
        Assert.Single(Notebook.Load(output).Cells[0].Outputs);
    }

    [Fact]
    public async Task File_is_written_after_every_cell()
    {
        var result = await _lab.RunAsync(
            "Console.Write(\"kept\");", $"System.IO.File.ReadAllText(@\"{_lab.NotebookPath}\").Contains(\"\\\"kept\\\"\")");
        Assert.True(result.Succeeded);
        Assert.Equal(["execute_result: True"], _lab.Outputs(1));
    }

    [Fact]
    public async Task Cell_over_its_time_is_stopped_through_its_token()
    {
        _lab.Write("Console.Write(\"begun\");\nawait System.Threading.Tasks.Task.Delay(60_000, Cancellation);", "1");
        var result = await new NotebookRunner(_lab.NotebookPath, new RunOptions { CellTimeLimit = TimeSpan.FromSeconds(2) })
            .RunAsync(RunnerHarness.Token);
        Assert.Equal((1, "Timeout"), (result.Failure!.Cell, result.Failure.Name));
        Assert.Contains("time limit of 2 s", result.Failure.Message);
        Assert.False(result.Cancelled);
        Assert.Equal("stdout: begun", _lab.Outputs(0)[0]);
        Assert.Empty(_lab.Outputs(1));
    }

    [Fact]
    public async Task Cell_that_does_not_react_is_given_up_after_the_grace()
    {
        _lab.Write("System.Threading.Thread.Sleep(20_000);\nConsole.Write(\"late\");");
        var options = new RunOptions { CellTimeLimit = TimeSpan.FromSeconds(1), StopGrace = TimeSpan.FromSeconds(0.5) };
        var watch = Stopwatch.StartNew();
        var result = await new NotebookRunner(_lab.NotebookPath, options).RunAsync(RunnerHarness.Token);
        Assert.Contains("given up", result.Failure!.Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"took {watch.Elapsed}");
        Assert.StartsWith("error: Timeout", Assert.Single(_lab.Outputs(0)));
    }

    [Fact]
    public async Task Cancellation_stops_the_cell_and_keeps_what_ran()
    {
        _lab.Write(
            "Console.Write(\"one\");",
            "Console.Write(\"two\");\nwhile (true) { Cancellation.ThrowIfCancellationRequested(); System.Threading.Thread.Sleep(5); }",
            "3");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(RunnerHarness.Token);
        var options = new RunOptions { Observer = new StopAtText(stop, "two") };
        var result = await new NotebookRunner(_lab.NotebookPath, options).RunAsync(stop.Token);
        Assert.True(result.Cancelled);
        Assert.Equal(2, result.CellsRun);
        Assert.Equal(["stdout: one"], _lab.Outputs(0));
        Assert.Equal(["stdout: two", "error: Cancelled: stopped"], _lab.Outputs(1));
    }

    [Theory]
    [InlineData("#!fsharp\nlet x = 1", "#!fsharp")]
    [InlineData("#!markdown\n# hi", "#!markdown")]
    [InlineData("1\n#!time", "#!time")]
    [InlineData("%%bash\nls", "%%bash")]
    public void Cell_in_another_language_is_refused_by_name_before_anything_runs(string cell, string name)
    {
        _lab.Write("1", cell);
        var error = Assert.Throws<NotebookException>(() => new NotebookRunner(_lab.NotebookPath, new RunOptions()));
        Assert.Contains("cell 2", error.Message);
        Assert.Contains(name, error.Message);
    }

    [Fact]
    public void Cell_whose_metadata_name_another_language_is_refused()
    {
        var notebook = Notebook.Create();
        var cell = notebook.Add(CellKind.Code, "let x = 1");
        cell.Node["metadata"] = System.Text.Json.Nodes.JsonNode.Parse("""{"polyglot_notebook": {"kernelName": "fsharp"}}""");
        notebook.Save(_lab.NotebookPath);
        Assert.Contains("fsharp", Assert.Throws<NotebookException>(() => new NotebookRunner(_lab.NotebookPath, new RunOptions())).Message);
    }

    [Fact]
    public async Task Csharp_magic_is_allowed_and_lines_keep_their_numbers()
    {
        var result = await _lab.RunAsync("#!csharp\nint x = nothing;");
        Assert.Equal(2, result.Failure!.Line);
    }

    private sealed class StopAtText(CancellationTokenSource stop, string text) : IRunObserver
    {
        public void OnCellStarting(int cell, int index, int count, string source)
        {
        }

        public void OnText(string stream, string written)
        {
            if (written == text) stop.Cancel();
        }

        public void OnCellFinished(int cell, TimeSpan elapsed, CellFailure? failure)
        {
        }
    }
}
