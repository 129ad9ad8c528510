using PeftLabs.Formats;
using TorchSharp;
using static PeftLabs.Tests.Formats.SafeTensorBytes;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Formats;

public class SafeTensorsFileTests
{
    private const string Good = """{"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}}""";

    [Fact]
    public void Open_minimal_file_lists_its_tensor()
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["x"], File(Good, 4));
        using var file = SafeTensorsFile.Open(folder["x"]);
        var tensor = Assert.Single(file.Tensors);
        Assert.Equal(("a", SafeTensorType.UInt8, 8L + Good.Length, 4L), (tensor.Name, tensor.Type, tensor.Offset, tensor.Bytes));
        Assert.Equal([2L, 2L], tensor.Shape);
        Assert.Equal(8 + Good.Length, file.HeaderBytes);
        Assert.Empty(file.Metadata);
        Assert.Equal([1, 2, 3], file.View(tensor, 1, 3).ToArray());
    }

    [Fact]
    public void A_file_that_has_become_shorter_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere a mapped file cannot be cut");
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["x"], File(Good, 4));
        using var file = SafeTensorsFile.Open(folder["x"]);
        using (var cut = new FileStream(folder["x"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            cut.SetLength(cut.Length - 2);
        Assert.Contains(file.Path, Assert.Throws<EndOfStreamException>(() => file.Read("a")).Message);
    }

    [Fact]
    public void Open_reads_metadata_escapes_and_unknown_fields()
    {
        using var folder = new TemporaryFolder();
        const string header = """{"__metadata__":{"format":"pt"},"\u0061\n":{"x":[{}],"dtype":"I8","shape":[],"data_offsets":[0,1]}}   """;
        System.IO.File.WriteAllBytes(folder["x"], File(header, 1));
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.True(file.TryGet("a\n", out var tensor));
        Assert.Equal(1, tensor.Elements);
    }

    [Fact]
    public void Open_file_without_tensors_lists_none()
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["x"], File("{}", 0));
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.Empty(file.Tensors);
    }

    public static TheoryData<string, string, int, string?> BadHeaders => new()
    {
        { "[]", "must start with '{'", 0, null },
        { "{]", "not valid JSON", 0, null },
        { "{} x", "not valid JSON", 0, null },
        { "{\"\\ud800\":1}", "not valid JSON", 0, null },
        { "{\"\u00ff\":1}", "not valid UTF-8", 0, null },
        { """{"a":1}""", "Number was found", 0, "a" },
        { """{"__metadata__":[]}""", "an object of strings", 0, "__metadata__" },
        { """{"__metadata__":{"a":1}}""", "a string for 'a'", 0, "__metadata__" },
        { """{"__metadata__":{"a":"","a":""}}""", "stands twice", 0, null },
        { $"{{{Entry("a", "U8", "[1]", "[0,1]")},{Entry("a", "U8", "[1]", "[1,2]")}}}", "names must be unique", 2, "a" },
        { $"{{{Entry("a", "U8", "[1]", "[0,1]")},{Entry("\\u0061", "U8", "[1]", "[1,2]")}}}", "names must be unique", 2, "a" },
        { """{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", "dtype stands twice", 1, "a" },
        { """{"a":{"shape":[1],"data_offsets":[0,1]}}""", "dtype is missing", 1, "a" },
        { """{"a":{"dtype":"U8","data_offsets":[0,1]}}""", "shape is missing", 1, "a" },
        { """{"a":{"dtype":"U8","shape":[1]}}""", "data_offsets is missing", 1, "a" },
        { """{"a":{"dtype":7,"shape":[1],"data_offsets":[0,1]}}""", "a string for dtype", 1, "a" },
        { $"{{{Entry("a", "F99", "[1]", "[0,1]")}}}", "dtype is 'F99'; it must be one of BOOL", 1, "a" },
        { $"{{{Entry("a", "U8", "[-1]", "[0,1]")}}}", "shape holds -1", 1, "a" },
        { $"{{{Entry("a", "U8", "[1.5]", "[0,1]")}}}", "shape holds 1.5", 1, "a" },
        { $"{{{Entry("a", "U8", "[99999999999999999999]", "[0,1]")}}}", "shape holds 99999999999999999999", 1, "a" },
        { $"{{{Entry("a", "U8", "1", "[0,1]")}}}", "an array of whole numbers for shape", 1, "a" },
        { $"{{{Entry("a", "F32", "[4611686018427387904]", "[0,1]")}}}", "more than 2^63", 1, "a" },
        { $"{{{Entry("a", "U8", "[4294967296,4294967296,4294967296]", "[0,1]")}}}", "more than 2^63", 1, "a" },
        { $"{{{Entry("a", "U8", "[1]", "[0]")}}}", "holds 1 numbers", 1, "a" },
        { $"{{{Entry("a", "U8", "[1]", "[1,0]")}}}", "begin must not exceed end", 1, "a" },
        { $"{{{Entry("a", "U8", "[2]", "[0,2]")}}}", "Is the file complete?", 1, "a" },
        { $"{{{Entry("a", "U8", "[2]", "[-1,1]")}}}", "data_offsets holds -1", 1, "a" },
        { $"{{{Entry("a", "F32", "[1]", "[0,2]")}}}", "has 4 bytes, but data_offsets give it 2", 2, "a" },
        { $"{{{Entry("a", "U8", "[2]", "[0,2]")},{Entry("b", "U8", "[2]", "[1,3]")}}}", "inside the one before", 3, "b" },
        { $"{{{Entry("a", "U8", "[2]", "[0,2]")},{Entry("b", "U8", "[2]", "[0,2]")}}}", "inside the one before", 2, "b" },
        { $"{{{Entry("a", "U8", "[1]", "[0,1]")},{Entry("b", "U8", "[1]", "[2,3]")}}}", "after a hole", 3, "b" },
        { $"{{{Entry("a", "U8", "[1]", "[1,2]")}}}", "after a hole", 2, "a" },
        { $"{{{Entry("a", "U8", "[1]", "[0,1]")}}}", "the last tensor ends", 2, null },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void Open_bad_header_names_file_tensor_and_place(string header, string message, int dataBytes, string? tensor)
    {
        var e = Refused(File(header, dataBytes));
        Assert.Contains(message, e.Message);
        if (tensor is not "__metadata__")
            Assert.Equal(tensor, e.Tensor);
        Assert.NotNull(e.Offset);
    }

    [Theory]
    [InlineData(0, "must be 2 to 100000000")]
    [InlineData(1, "must be 2 to 100000000")]
    [InlineData(100_000_001, "must be 2 to 100000000")]
    [InlineData(-1, "must be 2 to 100000000")]
    [InlineData(60, "Is the file complete?")]
    public void Open_bad_header_length_is_refused(long length, string message) =>
        Assert.Contains(message, Refused(File(Good, 4, length)).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(9)]
    public void Open_file_too_short_is_refused(int bytes) => Assert.Contains($"has {bytes} bytes", Refused(new byte[bytes]).Message);

    [Fact]
    public void Open_missing_file_is_named() =>
        Assert.Contains("nowhere", Assert.Throws<FileNotFoundException>(() => SafeTensorsFile.Open("nowhere.safetensors")).Message);

    [Fact]
    public void View_outside_its_tensor_is_refused()
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["x"], File(Good, 4));
        using var file = SafeTensorsFile.Open(folder["x"]);
        var tensor = file.Tensors[0];
        Assert.Throws<ArgumentOutOfRangeException>(() => file.View(tensor, -1, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.View(tensor, 4, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.View(tensor, long.MaxValue, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Release(tensor, 1, long.MaxValue));
        Assert.Throws<ArgumentException>(() => file.View(tensor with { Offset = 1000 }, 0, 1).Length);
        Assert.Equal(0, file.View(tensor, 4, 0).Length);
    }

    [Fact]
    public void View_after_Release_reads_the_same_and_after_Dispose_is_refused()
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["x"], File(Good, 4));
        var file = SafeTensorsFile.Open(folder["x"]);
        var tensor = file.Tensors[0];
        file.Release(tensor, 0, 4);
        Assert.Equal([0, 1, 2, 3], file.View(tensor, 0, 4).ToArray());
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.View(tensor, 0, 4).Length);
    }

    [Fact]
    public void View_reaches_past_four_gibibytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the file must be sparse");
        using var folder = new TemporaryFolder();
        WriteSparse(folder["x"], 5L << 30);
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.Equal([0, 1], file.View(file.Tensors[0], (5L << 30) - 2, 2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => file.View(file.Tensors[0], (5L << 30) - 1, 2).Length);
    }

    [Fact(Explicit = true)] // takes 2.2 GB of memory
    public void ReadInto_fills_a_tensor_of_more_than_two_gibibytes()
    {
        using var folder = new TemporaryFolder();
        WriteSparse(folder["x"], 2200L << 20);
        using var file = SafeTensorsFile.Open(folder["x"]);
        using var tensor = file.Read("a");
        using var last = tensor.narrow(0, 2199, 1);
        using var others = tensor.narrow(0, 0, 2199);
        using var sum = others.sum();
        Assert.Equal([0, 1], last.bytes[^2..].ToArray());
        Assert.Equal(0, sum.item<long>());
    }

    [Fact]
    public void ReadInto_a_tensor_on_a_GPU_gives_the_same_values()
    {
        Assert.SkipUnless(cuda.is_available(), "no GPU");
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var source = arange(3_000_000, ScalarType.Float32).view(3, 1_000_000);
        SafeTensors.Save(folder["x"], [("a", source), ("b", source.to(CUDA).t())]);
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.True(file.Read("a", device: CUDA).cpu().equal(source).all().item<bool>());
        Assert.True(file.Read("b", ScalarType.Float64, CUDA).cpu().t().equal(source.to(ScalarType.Float64)).all().item<bool>());
    }

    [Fact]
    public void ReadInto_converts_types_and_keeps_strides()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var source = arange(6, ScalarType.Float32).view(2, 3);
        SafeTensors.Save(folder["x"], [("a", source)]);
        using var file = SafeTensorsFile.Open(folder["x"]);
        var transposed = zeros(3, 2, ScalarType.Float64).t();
        file.ReadInto("a", transposed);
        Assert.Equal([0, 3, 1, 4, 2, 5], transposed.t().contiguous().data<double>().ToArray());
        Assert.Equal(ScalarType.BFloat16, file.Read("a", ScalarType.BFloat16).dtype);
        Assert.True(file.Read("a", ScalarType.BFloat16).to(ScalarType.Float32).allclose(source));
    }

    [Fact]
    public void ReadInto_a_trainable_parameter_leaves_no_trace_in_its_graph()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafeTensors.Save(folder["x"], [("a", ones(3))]);
        using var file = SafeTensorsFile.Open(folder["x"]);
        var parameter = zeros(3, ScalarType.Float32, requires_grad: true);
        file.ReadInto("a", parameter);
        Assert.True(parameter.is_leaf);
        Assert.Equal([1, 1, 1], parameter.detach().data<float>().ToArray());
    }

    [Fact]
    public void Read_of_what_is_not_there_or_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["x"], File($"{{{Entry("a", "F8_E4M3", "[2]", "[0,2]")}}}", 2));
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.Contains("no such tensor", Assert.Throws<SafeTensorsException>(() => file.Read("b")).Message);
        Assert.Contains("F8_E4M3", Assert.Throws<SafeTensorsException>(() => file.Read("a")).Message);
        Assert.Contains("[2]", Assert.Throws<SafeTensorsException>(() => file.ReadInto("a", zeros(3))).Message);
    }

    /// <summary>A tensor "a" of so many bytes in rows of a MiB, zeros but for the last byte, which is one.</summary>
    private static void WriteSparse(string path, long bytes)
    {
        var header = $"{{{Entry("a", "U8", $"[{bytes >> 20},1048576]", $"[0,{bytes}]")}}}";
        using var stream = new FileStream(path, FileMode.CreateNew);
        stream.Write(File(header, 0));
        stream.Seek(bytes - 1, SeekOrigin.Current);
        stream.WriteByte(1);
    }

    private static SafeTensorsException Refused(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["bad.safetensors"], bytes);
        var e = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Open(folder["bad.safetensors"]));
        Assert.Equal(folder["bad.safetensors"], e.File);
        Assert.Contains("bad.safetensors", e.Message);
        return e;
    }
}
