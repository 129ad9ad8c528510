using PeftLabs.Labs;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs.Tasks;

public sealed class TaskFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("peftlabs-tasks-");

    public static TheoryData<string, TaskSplit> Files =>
        [.. LabTasks.All.SelectMany(task => Enum.GetValues<TaskSplit>().Select(split => (task.Name, split)))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(true);

    [Theory]
    [MemberData(nameof(Files))]
    public void Files_of_the_repository_are_what_the_generators_write(string name, TaskSplit split) => Assert.Equal(
        TaskFiles.Lines(LabTasks.Find(name), split, new TaskSizes().Of(split)),
        File.ReadLines(Path.Combine(Shared.Root, "data", "tasks", name, TaskFiles.FileName(split))));

    [Fact]
    public void Every_task_of_the_repository_has_a_card_with_its_metrics() => Assert.All(LabTasks.All, task =>
    {
        var card = File.ReadAllText(Path.Combine(Shared.Root, "data", "tasks", task.Name, "README.md"));
        Assert.All(task.Metrics, metric => Assert.Contains($"`{metric}`", card));
    });

    [Fact]
    public void Written_files_are_read_back_as_the_same_examples()
    {
        var task = LabTasks.Find("ticket-triage");
        var files = TaskFiles.Write(task, _folder.FullName, new() { Train = 30, Validation = 4, HeldOut = 5 }, 9, Cancellation);
        Assert.Equal(files.Order(), _folder.GetFiles().Select(file => file.FullName).Order());
        Assert.Equal([30, 4, 5], files.Select(file => File.ReadLines(file).Count()));
        var read = InstructionFile.Read(files[0]).Select(record => new InstructionExample(record.Prompt, record.Completion));
        Assert.Equal(task.Examples(TaskSplit.Train, 9).Take(30), read);
    }

    [Fact]
    public async Task A_file_of_any_length_can_be_stopped_and_leaves_nothing()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var writing = Task.Run(() => TaskFiles.Write(LabTasks.Find("ticket-triage"), _folder.FullName, new() { Train = int.MaxValue }, 0, stop.Token), Cancellation);
        await Assert.ThrowsAsync<OperationCanceledException>(() => writing.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void Writing_again_replaces_the_files()
    {
        var task = LabTasks.Find("text-to-sql");
        var sizes = new TaskSizes { Train = 2, Validation = 2, HeldOut = 2 };
        TaskFiles.Write(task, _folder.FullName, sizes, 1, Cancellation);
        var files = TaskFiles.Write(task, _folder.FullName, sizes, cancellation: Cancellation);
        Assert.Equal(TaskFiles.Lines(task, TaskSplit.HeldOut, 2), File.ReadLines(files[2]));
    }

    [Fact]
    public void A_size_below_one_is_refused() =>
        Assert.Contains("HeldOut is 0; it must be 1 or", Assert.Throws<ArgumentOutOfRangeException>(() => new TaskSizes { HeldOut = 0 }).Message);
}
