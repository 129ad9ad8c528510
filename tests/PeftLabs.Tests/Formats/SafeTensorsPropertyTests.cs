using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PeftLabs.Formats;

namespace PeftLabs.Tests.Formats;

public class SafeTensorsPropertyTests
{
    private static readonly Gen<SafeTensorSpec> Spec =
        from name in ArbMap.Default.GeneratorFor<NonNull<string>>()
        from type in Gen.Elements(Enum.GetValues<SafeTensorType>())
        from rank in Gen.Choose(0, 4)
        from shape in Gen.Choose(0, 5).Select(n => (long)n).ArrayOf(rank)
        select new SafeTensorSpec(name.Get, type, shape);

    [Property(MaxTest = 60)]
    public Property Random_tensors_come_back_as_written() => Prop.ForAll(Spec.ListOf().ToArbitrary(), specs =>
    {
        // Half of a surrogate pair is no Unicode, and no file could hold it.
        var distinct = specs.Where(spec => spec.Name != "__metadata__")
            .Where(spec => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(spec.Name)) == spec.Name)
            .DistinctBy(spec => spec.Name).ToList();
        using var folder = new TemporaryFolder();
        var random = new System.Random(specs.Count);
        var data = distinct.ToDictionary(spec => spec.Name, spec => RandomBytes(random, Length(spec)));
        using (var writer = new SafeTensorsWriter(folder["x"], distinct, new Dictionary<string, string> { ["k\u2028"] = "v" }))
        {
            foreach (var (name, bytes) in data)
                writer.Write(name, bytes);
            writer.Commit();
        }
        using var file = SafeTensorsFile.Open(folder["x"]);
        Assert.Equal("v", file.Metadata["k\u2028"]);
        Assert.Equal(distinct.Count, file.Tensors.Count);
        foreach (var spec in distinct)
        {
            Assert.True(file.TryGet(spec.Name, out var tensor));
            Assert.Equal(spec.Shape, tensor.Shape);
            Assert.Equal(spec.Type, tensor.Type);
            Assert.Equal(data[spec.Name], file.View(tensor, 0, (int)tensor.Bytes).ToArray());
        }
    });

    [Property(MaxTest = 2000)]
    public void Mutated_headers_are_refused_or_stay_within_the_file(int[] positions, byte[] values, byte cut)
    {
        var bytes = SafeTensorBytes.File($$"""{"__metadata__":{"format":"pt"},{{SafeTensorBytes.Entry("a", "F32", "[2,3]", "[0,24]")}},"""
            + $$"""{{SafeTensorBytes.Entry("b", "U8", "[8]", "[24,32]")}}}  """, 32);
        foreach (var (position, value) in positions.Zip(values).Take(1 + cut % 4))
            bytes[(int)((uint)position % (bytes.Length - 32))] = Likely(value);
        OpensOrRefuses(bytes[..^(cut % 8 == 0 ? Math.Min(cut, bytes.Length) : 0)]);
    }

    [Property(MaxTest = 500)]
    public void Random_offsets_are_refused_or_stay_within_the_file(long a, long b, long c, long d, long size) =>
        OpensOrRefuses(SafeTensorBytes.File($$"""{{{SafeTensorBytes.Entry("a", "U8", $"[{size}]", $"[{a},{b}]")}},"""
            + $$"""{{SafeTensorBytes.Entry("b", "F32", "[2]", $"[{c},{d}]")}}}""", 16));

    private static void OpensOrRefuses(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["x"], bytes);
        try
        {
            using var file = SafeTensorsFile.Open(folder["x"]);
            foreach (var tensor in file.Tensors)
            {
                Assert.InRange(tensor.Offset, file.HeaderBytes, bytes.Length - tensor.Bytes);
                Assert.Equal(bytes.AsSpan((int)tensor.Offset, (int)tensor.Bytes), file.View(tensor, 0, (int)tensor.Bytes));
            }
        }
        catch (SafeTensorsException e)
        {
            Assert.Equal(folder["x"], e.File);
        }
    }

    // Characters that mean something in a header break more than any others do.
    private static byte Likely(byte value) => value < 128 ? (byte)"{}[]\",:0123456789-eE.\\u null true abFU"[value % 38] : value;

    private static long Length(SafeTensorSpec spec) => spec.Shape.Aggregate((long)spec.Type.Bytes, (bytes, dimension) => bytes * dimension);

    private static byte[] RandomBytes(System.Random random, long count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
