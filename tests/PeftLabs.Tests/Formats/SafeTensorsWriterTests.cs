using PeftLabs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Formats;

public class SafeTensorsWriterTests
{
    [Theory]
    [InlineData("models", "llama", "expected.safetensors")]
    [InlineData("models", "llama", "model-00005-of-00009.safetensors")]
    [InlineData("models", "llama-bnb-4bit", "model.safetensors")]
    [InlineData("models", "gpt2", "model.safetensors")]
    [InlineData("adapters", "lora", "adapter_model.safetensors")]
    [InlineData("quantization", "expected.safetensors")]
    public void Write_of_what_the_reference_wrote_gives_the_same_bytes(params string[] parts)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = Shared.Fixture(parts);
        using var file = SafeTensorsFile.Open(path);
        SafeTensors.Save(folder["x"], file.Tensors.Reverse().Select(tensor => (tensor.Name, file.Read(tensor.Name))), file.Metadata);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder["x"]));
    }

    [Fact]
    public void Write_sorts_names_by_their_bytes_and_escapes_as_little_as_JSON_allows()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["b\"\\\n\u0001", "\U0001F600", "\uFFEE", "é"];
        using (var writer = new SafeTensorsWriter(folder["x"], names.Select(name => new SafeTensorSpec(name, SafeTensorType.UInt8, []))))
        {
            foreach (var name in names)
                writer.Write(name, [(byte)name[0]]);
            writer.Commit();
        }
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.Equal(["b\"\\\n\u0001", "é", "\uFFEE", "\U0001F600"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Contains(@"""b\""\\\n\u0001"":", File.ReadAllText(folder["x"]));
        Assert.Contains("\"\U0001F600\":", File.ReadAllText(folder["x"]));
        Assert.Equal(0, file.HeaderBytes % 8);
    }

    [Fact]
    public void Write_in_pieces_and_out_of_order_gives_the_whole()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new SafeTensorsWriter(folder["x"],
            [new("a", SafeTensorType.UInt8, [4]), new("b", SafeTensorType.Int64, [1]), new("empty", SafeTensorType.Float32, [0, 3])]))
        {
            writer.Write("a", [1, 2]);
            writer.Write("b", [9, 0, 0, 0, 0, 0, 0, 0]);
            writer.Write("a", [3, 4]);
            writer.Commit();
        }
        using var scope = NewDisposeScope();
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.Equal([1, 2, 3, 4], file.Read("a").data<byte>().ToArray());
        Assert.Equal([9], file.Read("b").data<long>().ToArray());
        Assert.Equal([0, 3], file.Read("empty").shape);
    }

    [Fact]
    public void Write_converts_and_straightens_tensors_larger_than_a_chunk()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensor = arange(3 * 1_000_003, ScalarType.Float64).view(1_000_003, 3).t();
        using (var writer = new SafeTensorsWriter(folder["x"], [new("a", SafeTensorType.Float32, tensor.shape)]))
        {
            writer.Write("a", tensor);
            writer.Commit();
        }
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.True(file.Read("a").equal(tensor.to(ScalarType.Float32)).all().item<bool>());
    }

    [Fact]
    public void Dispose_without_Commit_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x"], "old");
        Assert.Throws<ArgumentException>(() =>
        {
            using var writer = new SafeTensorsWriter(folder["x"], [new("a", SafeTensorType.UInt8, [2])]);
            writer.Write("a", [1]);
            writer.Write("a", [2, 3]);
        });
        Assert.Equal("old", File.ReadAllText(folder["x"]));
        Assert.Equal(["x"], folder.Files);
    }

    [Fact]
    public void Commit_of_an_incomplete_file_names_the_tensor_and_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x"], "old");
        using (var writer = new SafeTensorsWriter(folder["x"], [new("a", SafeTensorType.UInt8, [2])]))
            Assert.Contains("'a'", Assert.Throws<InvalidOperationException>(writer.Commit).Message);
        Assert.Equal("old", File.ReadAllText(folder["x"]));
        Assert.Equal(["x"], folder.Files);
    }

    [Fact]
    public void Commit_over_a_file_that_is_being_read_leaves_its_reader_the_old_bytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Windows keeps a mapped file from being replaced");
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafeTensors.Save(folder["x"], [("a", zeros(2))]);
        using var old = SafeTensorsFile.Open(folder["x"]);
        SafeTensors.Save(folder["x"], [("a", ones(2))]);
        Assert.Equal([0, 0], old.Read("a").data<float>().ToArray());
        using var now = SafeTensorsFile.Open(folder["x"]);
        Assert.Equal([1, 1], now.Read("a").data<float>().ToArray());
    }

    [Fact]
    public void Declarations_that_cannot_be_are_refused()
    {
        using var folder = new TemporaryFolder();
        SafeTensorSpec a = new("a", SafeTensorType.UInt8, [1]);
        Assert.Contains("unique", Refused(a, a));
        Assert.Contains("__metadata__", Refused(a with { Name = "__metadata__" }));
        Assert.Contains("negative", Refused(a with { Shape = [-1] }));
        Assert.Contains("2^63", Refused(a with { Shape = [long.MaxValue, 2] }));
        Assert.Contains("2^63", Refused(a, new("b", SafeTensorType.UInt8, [long.MaxValue])));
        Assert.Empty(folder.Files);

        string Refused(params SafeTensorSpec[] specs) =>
            Assert.Throws<SafeTensorsException>(() => new SafeTensorsWriter(folder["x"], specs).Dispose()).Message;
    }

    [Fact]
    public void Write_of_another_shape_or_name_is_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var writer = new SafeTensorsWriter(folder["x"], [new("a", SafeTensorType.UInt8, [2]), new("u", SafeTensorType.UInt64, [2])]);
        Assert.Contains("[2]", Assert.Throws<ArgumentException>(() => writer.Write("a", ones(3))).Message);
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => writer.Write("b", ones(2))).Message);
        Assert.Contains("U64", Assert.Throws<ArgumentException>(() => writer.Write("u", ones(2))).Message);
    }
}
