using PeftLabs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Formats;

[Collection("Memory")]
public class SafeTensorsMemoryTests
{
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData(ScalarType.BFloat16, 2)]
    [InlineData(ScalarType.Float32, 4)]
    public void Loading_adds_the_tensors_and_at_most_64_MiB_to_resident_memory(ScalarType type, int bytesPerElement)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        using var folder = new TemporaryFolder();
        Generate(folder["x"], tensors: 4, elements: 25 * MiB);
        using var scope = NewDisposeScope();
        using var file = SafeTensorsFile.Open(folder["x"]);
        using var warm = file.Read("small", type);
        var before = Resident();
        var peak = 0L;
        foreach (var tensor in file.Tensors.Where(tensor => tensor.Name != "small"))
        {
            var destination = file.Read(tensor.Name, type);
            Assert.Equal(25 * MiB, destination.numel());
            peak = Math.Max(peak, Resident() - before);
        }
        var tensors = 4 * 25 * MiB * bytesPerElement;
        Assert.InRange(peak, tensors / 2, tensors + 64 * MiB); // at least: what was counted is resident indeed
    }

    [Fact]
    public void Release_takes_viewed_pages_out_of_resident_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        using var folder = new TemporaryFolder();
        Generate(folder["x"], tensors: 1, elements: 50 * MiB);
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.True(file.TryGet("0", out var tensor));
        var before = Status("RssFile");
        Assert.Equal(1, file.View(tensor, 0, (int)tensor.Bytes).IndexOfAnyExcept((byte)0x3c));
        Assert.Equal(-1, file.View(tensor, 2, (int)tensor.Bytes - 2).IndexOf((byte)0xff));
        Assert.InRange(Status("RssFile") - before, 95 * MiB, 105 * MiB);
        file.Release(tensor, 0, tensor.Bytes);
        Assert.InRange(Status("RssFile") - before, -5 * MiB, 5 * MiB);
    }

    private static void Generate(string path, int tensors, long elements)
    {
        var specs = Enumerable.Range(0, tensors).Select(i => new SafeTensorSpec($"{i}", SafeTensorType.BFloat16, [elements / 1024, 1024]));
        using var writer = new SafeTensorsWriter(path, specs.Append(new("small", SafeTensorType.BFloat16, [4])));
        var chunk = new byte[MiB];
        for (var i = 0; i < chunk.Length; i += 2)
            chunk[i] = 0x3c;
        for (var i = 0; i < tensors; i++)
            for (var written = 0L; written < elements * 2; written += chunk.Length)
                writer.Write($"{i}", chunk);
        writer.Write("small", new byte[8]);
        writer.Commit();
    }

    private static long Resident() => Status("VmRSS");

    private static long Status(string field) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(field + ":"))[(field.Length + 1)..^2]);
}
