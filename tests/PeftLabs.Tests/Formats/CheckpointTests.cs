using PeftLabs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Formats;

public class CheckpointTests
{
    public static TheoryData<string> Models =>
    [
        "stories260K", "llama", "llama-tied-rope-scaled", "qwen2", "qwen3", "mistral", "gemma2", "phi3", "gpt2", "gpt_neox",
        "llama-bnb-4bit",
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void Open_model_reads_every_tensor_and_agrees_with_its_index(string model)
    {
        using var checkpoint = Checkpoint.Open(Shared.Fixture("models", model));
        Assert.NotEmpty(checkpoint.Names);
        Assert.Empty(checkpoint.Unlisted);
        foreach (var name in checkpoint.Names)
        {
            using var tensor = checkpoint.Read(name);
            Assert.Equal(checkpoint.Info(name).Shape, tensor.shape);
            var file = File.ReadAllBytes(checkpoint.FileOf(name).Path);
            Assert.True(tensor.bytes.SequenceEqual(file.AsSpan((int)checkpoint.Info(name).Offset, (int)checkpoint.Info(name).Bytes)));
        }
        Assert.Equal(checkpoint.Files.Sum(file => new FileInfo(file).Length), checkpoint.TotalBytes);
    }

    [Fact]
    public void Open_index_opens_shards_only_when_asked_for_their_tensors()
    {
        using var folder = Sharded();
        File.WriteAllText(folder["two.safetensors"], "broken");
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var a = checkpoint.Read("a");
        Assert.Equal([1f], a.data<float>().ToArray());
        Assert.Contains("two.safetensors", Assert.Throws<SafeTensorsException>(() => checkpoint.Info("b")).Message);
    }

    [Fact]
    public void Index_entry_that_its_shard_lacks_is_refused_and_one_that_it_has_beyond_is_reported()
    {
        using var scope = NewDisposeScope();
        using var folder = Sharded();
        SafeTensors.Save(folder["one.safetensors"], [("a", ones(1)), ("extra", ones(1))]);
        SafeTensors.Save(folder["two.safetensors"], [("c", ones(1))]);
        using var checkpoint = Checkpoint.Open(folder["model.safetensors.index.json"]);
        Assert.True(checkpoint.Contains("b"));
        Assert.False(checkpoint.Contains("extra"));
        var e = Assert.Throws<SafeTensorsException>(() => checkpoint.Read("b"));
        Assert.Equal(("b", folder["two.safetensors"]), (e.Tensor, e.File));
        SafeTensors.Save(folder["two.safetensors"], [("b", ones(1))]);
        Assert.Equal([(folder["one.safetensors"], "extra")], checkpoint.Unlisted);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"three.safetensors"}}""", "three.safetensors")]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "without folders")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "without folders")]
    [InlineData("""{"weight_map":{"a":"pytorch_model.bin"}}""", "must be a .safetensors file")]
    [InlineData("""{"weight_map":{"a":1}}""", "must be the name of a file beside")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"one.safetensors"}}""", "not valid JSON")]
    [InlineData("""{"weight_map":[]}""", "no object weight_map")]
    [InlineData("[]", "no object weight_map")]
    [InlineData("{", "not valid JSON")]
    public void Open_bad_index_is_refused(string index, string message)
    {
        using var folder = Sharded();
        File.WriteAllText(folder["model.safetensors.index.json"], index);
        Assert.Contains(message, Assert.Throws<SafeTensorsException>(() => Checkpoint.Open(folder.Path)).Message);
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("model.pt")]
    [InlineData("consolidated.00.pth")]
    [InlineData("last.ckpt")]
    public void Open_pickle_is_refused_with_the_reason_and_what_to_do(string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[name], "");
        foreach (var path in new[] { folder.Path, folder[name] })
        {
            var e = Assert.Throws<SafeTensorsException>(() => Checkpoint.Open(path));
            Assert.Contains(name, e.Message);
            Assert.Contains("can run any code", e.Message);
            Assert.Contains("save_pretrained", e.Message);
        }
    }

    [Fact]
    public void Open_folder_without_weights_says_what_it_has()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("it has nothing", Assert.Throws<SafeTensorsException>(() => Checkpoint.Open(folder.Path)).Message);
        File.WriteAllText(folder["config.json"], "{}");
        Assert.Contains("it has config.json", Assert.Throws<SafeTensorsException>(() => Checkpoint.Open(folder.Path)).Message);
        Assert.Contains("ends neither", Assert.Throws<SafeTensorsException>(() => Checkpoint.Open(folder["config.json"])).Message);
        Assert.Contains("no such file", Assert.Throws<SafeTensorsException>(() => Checkpoint.Open(folder["none"])).Message);
    }

    [Fact]
    public void Sha256_of_one_file_is_the_file_s_and_of_shards_that_of_their_list()
    {
        using var folder = Sharded();
        using var single = Checkpoint.Open(folder["one.safetensors"]);
        using var both = Checkpoint.Open(folder.Path);
        string Of(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        var (one, two) = (Of(File.ReadAllBytes(folder["one.safetensors"])), Of(File.ReadAllBytes(folder["two.safetensors"])));
        Assert.Equal(one, single.Sha256());
        Assert.Equal(Of(System.Text.Encoding.UTF8.GetBytes($"{one}  one.safetensors\n{two}  two.safetensors\n")), both.Sha256());
        File.Delete(folder["two.safetensors"]);
        Assert.Equal(both.Sha256(), both.Sha256());
    }

    [Fact]
    public void Missing_tensor_and_disposed_checkpoint_are_refused()
    {
        using var folder = Sharded();
        var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal("x", Assert.Throws<SafeTensorsException>(() => checkpoint.Info("x")).Tensor);
        checkpoint.Dispose();
        Assert.Throws<ObjectDisposedException>(() => checkpoint.Info("a"));
    }

    private static TemporaryFolder Sharded()
    {
        using var scope = NewDisposeScope();
        var folder = new TemporaryFolder();
        SafeTensors.Save(folder["one.safetensors"], [("a", ones(1))]);
        SafeTensors.Save(folder["two.safetensors"], [("b", zeros(2))]);
        File.WriteAllText(folder["model.safetensors.index.json"],
            """{"metadata":{"total_size":12},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        return folder;
    }
}
