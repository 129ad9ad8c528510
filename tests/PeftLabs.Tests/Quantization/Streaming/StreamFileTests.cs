using PeftLabs.Formats;
using PeftLabs.Quantization.Streaming;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Quantization.Streaming;

[Collection("Memory")]
public class StreamFileTests
{
    [Fact]
    public void The_file_is_a_safetensors_file_with_every_part_under_its_name()
    {
        using var fixture = new StreamFixture([("nf4-dq", 37, 33)], [("int8-row", 8, 5)]);
        using var file = SafeTensorsFile.Open(fixture.Path);
        Assert.Equal(["checksums", "group0.matrix0.weight", "group0.matrix0.weight.absmax", "group0.matrix0.weight.nested_absmax",
            "group0.matrix0.weight.scalars", "group1.matrix0.weight", "group1.matrix0.weight.SCB"],
            file.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.Equal("block 0, nf4-dq, [37, 33], from float32", file.Metadata["group0.matrix0.weight"]);
        using var codes = file.Read("group0.matrix0.weight");
        Assert.True(codes.bytes.SequenceEqual(fixture.Held["group0.matrix0.weight"].Tensors.First().Tensor.bytes));
    }

    [Theory]
    [InlineData("group1.matrix0.weight", 3)]
    [InlineData("group1.matrix0.weight.absmax", 0)]
    [InlineData("group1.matrix0.weight.nested_absmax", 1)]
    public void A_bit_that_changed_is_found_when_its_part_is_read(string name, int at)
    {
        using var fixture = new StreamFixture([("nf4-dq", 37, 33)], [("nf4-dq", 37, 33)]);
        var place = Flip(fixture.Path, name, at);
        using var stream = new WeightStream(fixture.Layout, fixture.OpenFile(), CPU);
        stream.Use(0, 0, _ => true);
        var refused = Assert.Throws<SafeTensorsException>(() => stream.Use(1, 0, _ => true));
        Assert.Equal((fixture.Path, name, place), (refused.File, refused.Tensor, refused.Offset));
        Assert.Contains("checksum", refused.Message);
    }

    [Fact]
    public void Changed_scalars_are_found_when_the_file_is_opened()
    {
        using var fixture = new StreamFixture([("nf4-dq", 37, 33)]);
        Flip(fixture.Path, "group0.matrix0.weight.scalars", 0);
        Assert.Equal("group0.matrix0.weight.scalars", Assert.Throws<SafeTensorsException>(fixture.OpenFile).Tensor);
    }

    [Fact]
    public void A_file_cut_off_while_it_is_open_is_named_with_the_place()
    {
        using var fixture = new StreamFixture([("nf4", 64, 64)], [("nf4", 64, 64)]);
        using var stream = new WeightStream(fixture.Layout, fixture.OpenFile(), CPU);
        using (var file = new FileStream(fixture.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            file.SetLength(file.Length - 2048 - 100);
        var refused = Assert.Throws<SafeTensorsException>(() => stream.Use(0, 0, _ => true));
        Assert.Equal((fixture.Path, "group0.matrix0.weight"), (refused.File, refused.Tensor));
        Assert.Contains("the file ends here, 100 bytes before", refused.Message);
    }

    [Fact]
    public void A_temporary_file_has_no_name_once_it_is_open_and_can_be_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there it goes when it is closed");
        using var fixture = new StreamFixture([("nf4", 4, 64)]);
        using var stream = new WeightStream(fixture.Layout, StreamFile.Open(fixture.Path, fixture.Layout, temporary: true)!, CPU);
        Assert.False(File.Exists(fixture.Path));
        Assert.Equal(4, stream.Use(0, 0, w => w.Rows));
    }

    [Fact]
    public void Crc32C_is_that_of_the_catalogue()
    {
        Assert.Equal(0xE3069283u, Crc32C.Finish(Crc32C.Append(Crc32C.Start, "123456789"u8)));
        var parts = Crc32C.Append(Crc32C.Append(Crc32C.Start, "123"u8), "456789"u8);
        Assert.Equal(0xE3069283u, Crc32C.Finish(parts));
    }

    private static long Flip(string path, string name, int at)
    {
        long place;
        using (var file = SafeTensorsFile.Open(path))
            place = file.Tensors.Single(t => t.Name == name).Offset;
        var bytes = File.ReadAllBytes(path);
        bytes[place + at] ^= 4;
        File.WriteAllBytes(path, bytes);
        return place;
    }
}
