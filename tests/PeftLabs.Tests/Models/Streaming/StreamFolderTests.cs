using PeftLabs.Formats;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Models.Streaming;

[Collection("Memory")]
public class StreamFolderTests
{
    private const string File = WeightStreaming.FileName;

    [Fact]
    public void A_kept_file_is_read_again_for_the_same_model_and_written_anew_for_another()
    {
        using var folder = new TemporaryFolder();
        var loading = new ModelLoadOptions { Projections = WeightFormat.NF4Double, Streaming = new() { Folder = folder.Path } };
        var expected = Logits(1, loading with { Streaming = null });
        Assert.Equal(expected, Logits(1, loading));
        var written = System.IO.File.GetLastWriteTimeUtc(folder[File]);
        Assert.Equal(expected, Logits(1, loading));
        Assert.Equal(written, System.IO.File.GetLastWriteTimeUtc(folder[File]));
        foreach (var (seed, other) in new[] { (2UL, loading), (2UL, loading with { Projections = WeightFormat.NF4 }) })
        {
            Assert.Equal(Logits(seed, other with { Streaming = null }), Logits(seed, other));
            Assert.True(System.IO.File.GetLastWriteTimeUtc(folder[File]) > written);
            written = System.IO.File.GetLastWriteTimeUtc(folder[File]);
        }
        Assert.Equal([File], folder.Files);
    }

    [Fact]
    public void A_checkpoint_that_changed_is_encoded_again()
    {
        using var model = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        var loading = new ModelLoadOptions { Projections = WeightFormat.Int8, Streaming = new() { Folder = folder.Path } };
        TestModels.Write(TestModels.Config, model.Path, SafeTensorType.BFloat16);
        var first = Logits(CausalLM.Load(model.Path, loading));
        Assert.Equal(first, Logits(CausalLM.Load(model.Path, loading)));
        TestModels.Write(TestModels.Config, model.Path, SafeTensorType.BFloat16, (name, values) =>
        {
            if (name.EndsWith("up_proj.weight", StringComparison.Ordinal))
                values[0] += 1;
        });
        var second = Logits(CausalLM.Load(model.Path, loading));
        Assert.Equal(Logits(CausalLM.Load(model.Path, loading with { Streaming = null })), second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_broken_file_is_refused_by_name_and_left()
    {
        using var folder = new TemporaryFolder();
        var loading = new ModelLoadOptions { Projections = WeightFormat.NF4, Streaming = new() { Folder = folder.Path } };
        Logits(1, loading);
        using (var file = new FileStream(folder[File], FileMode.Open))
            file.SetLength(file.Length - 1);
        var length = new FileInfo(folder[File]).Length;
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Assert.Equal(folder[File], Assert.Throws<SafeTensorsException>(() => CausalLM.Random(TestModels.Config, 1, loading)).File);
        Assert.Equal(length, new FileInfo(folder[File]).Length);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_file_of_something_else_is_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new SafeTensorsWriter(folder[File], [new("mine", SafeTensorType.UInt8, [1])]))
        {
            writer.Write("mine", [7]);
            writer.Commit();
        }
        var bytes = System.IO.File.ReadAllBytes(folder[File]);
        var refused = Assert.Throws<SafeTensorsException>(() =>
            CausalLM.Random(TestModels.Config, 1, new ModelLoadOptions { Streaming = new() { Folder = folder.Path } }));
        Assert.Contains("holds no streamed blocks", refused.Message);
        Assert.Equal(bytes, System.IO.File.ReadAllBytes(folder[File]));
    }

    [Fact]
    public void Loading_that_is_broken_off_leaves_no_file_and_no_tensor()
    {
        using var folder = new TemporaryFolder();
        var loading = new ModelLoadOptions { Projections = WeightFormat.NF4, Streaming = new() { Folder = folder.Path } };
        Logits(1, loading with { Streaming = null });
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        foreach (var share in new[] { 0.3, 0.6, 0.95 })
            Assert.Throws<OperationCanceledException>(() =>
                CausalLM.Random(TestModels.Config, 1, loading with { Progress = new Stop(share) }));
        Assert.Empty(folder.Files);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => new WeightStreaming { Folder = "/no/such/folder" });
        Assert.Contains("Folder is '/no/such/folder'; it must be a folder that exists", refused.Message);
    }

    private static byte[] Logits(ulong seed, ModelLoadOptions loading) => Logits(CausalLM.Random(TestModels.Config, seed, loading));

    private static byte[] Logits(CausalLM loaded)
    {
        using var model = loaded;
        using var _ = no_grad();
        using var ids = tensor([1L, 5, 9, 2, 7], 1, 5);
        using var logits = model.forward(ids);
        return logits.bytes.ToArray();
    }

    private sealed class Stop(double share) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            if (value.Done > share * value.Total)
                throw new OperationCanceledException();
        }
    }
}
