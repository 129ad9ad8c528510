using PeftLabs.Cli;
using PeftLabs.Cli.Generation;
using PeftLabs.Models;
using PeftLabs.Models.Generation;
using PeftLabs.Tests.Formats;
using PeftLabs.Tokenization;

namespace PeftLabs.Tests.Cli;

[Collection("Memory")]
public class ChatCommandTests
{
    private static string Model => Shared.Fixture("models", "stories260K");

    [Fact]
    public async Task Lines_piped_in_are_answered()
    {
        var run = await ChatAsync("Once upon a time\n/reset\n\nOnce upon a time\n/exit\nnever read\n", "--max-new-tokens", "12");
        var answers = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Equal(2, answers.Length);
        Assert.Equal(answers[0], answers[1]);
        Assert.StartsWith(", there was a little girl", answers[0]);
    }

    [Fact]
    public async Task Without_a_template_the_error_says_where_one_could_be()
    {
        var run = await CommandRun.RunAsync("hello\n", "chat", Model);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("chat_template.jinja", run.Error);
        Assert.Equal(ExitCode.Done, (await CommandRun.RunAsync("hello\n", "chat", Model, "--template", "chatml", "--max-new-tokens", "2")).Code);
    }

    [Fact]
    public async Task An_unknown_command_is_explained_and_goes_on()
    {
        var run = await ChatAsync("/quit\n/exit\n");
        Assert.Contains("There is no /quit", run.Error);
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Output));
    }

    [Fact]
    public async Task Ctrl_C_stops_the_answer_and_the_next_one_leaves()
    {
        using var loop = new Loop("Once upon a time\nLily\n");
        loop.OnText = (text, interrupts) =>
        {
            if (text.Length > 30)
                Assert.True(interrupts.Press());
        };
        Assert.Equal(ExitCode.Interrupted, await loop.RunAsync(interrupts => interrupts.Press()));
        Assert.Contains("[stopped]", loop.Says);
        Assert.StartsWith(", there was a little girl", loop.Output);
        Assert.Single(loop.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Ctrl_C_at_rest_leaves_only_twice()
    {
        using var interrupts = new Interrupts();
        Assert.False(interrupts.Press());
        Assert.Equal(1, interrupts.Answering(_ => 1));
        Assert.False(interrupts.Press());
        Assert.False(interrupts.Leaving.IsCancellationRequested);
        Assert.True(interrupts.Press());
        Assert.True(interrupts.Leaving.IsCancellationRequested);
    }

    private static async Task<CommandRun> ChatAsync(string input, params string[] options)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["template"], "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}");
        return await CommandRun.RunAsync(input, ["chat", Model, "--template", folder["template"], .. options]);
    }

    // A chat whose answers are listened to.
    private sealed class Loop(string input) : IDisposable
    {
        private readonly CausalLM _model = CausalLM.Load(Model);
        private readonly Interrupts _interrupts = new();
        private readonly StringWriter _says = new();
        private readonly ListeningWriter _output = new();

        public Action<string, Interrupts>? OnText { get; set; }

        public string Output => _output.ToString();

        public string Says => _says.ToString();

        // Between the first answer and the second message there is another Ctrl-C.
        public async Task<int> RunAsync(Action<Interrupts> afterFirst)
        {
            var template = ChatTemplate.Parse("{% for m in messages %}{{ m.content }}{% endfor %}");
            using var chat = new ChatSession(new(_model, HuggingFaceTokenizer.Load(Model)), template, new() { MaxNewTokens = 200 });
            _output.Written = text => OnText?.Invoke(text, _interrupts);
            var reader = new PausingReader(input, () => afterFirst(_interrupts));
            return await new ChatLoop(chat, reader, _output, _says, isInteractive: true, _interrupts).RunAsync();
        }

        public void Dispose()
        {
            _interrupts.Dispose();
            _model.Dispose();
        }
    }

    private sealed class ListeningWriter : StringWriter
    {
        public Action<string>? Written { get; set; }

        public override void Write(string? value)
        {
            base.Write(value);
            Written?.Invoke(ToString());
        }
    }

    private sealed class PausingReader(string text, Action beforeSecond) : StringReader(text)
    {
        private int _lines;

        public override string? ReadLine()
        {
            if (_lines++ == 1)
                beforeSecond();
            return base.ReadLine();
        }
    }
}
