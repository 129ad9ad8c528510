using System.Globalization;

namespace PeftLabs.Quantization;

/// <summary>Reads the names of formats.</summary>
internal static class WeightFormatName
{
    private const string Known = "float32, bfloat16, float16, nf4, nf4-dq, fp4, fp4-dq, int8, int8-row, "
        + "and with a block size, as in nf4:128 and int8:4096";

    public static WeightFormat Parse(string name)
    {
        var (kind, block) = name.Split(':') is [var before, var after] ? (before, Block(name, after)) : (name, (int?)null);
        WeightFormat? format = (kind, block) switch
        {
            ("float32", null) => WeightFormat.Float32,
            ("bfloat16", null) => WeightFormat.BFloat16,
            ("float16", null) => WeightFormat.Float16,
            ("int8-row", null) => WeightFormat.Int8Row,
            ("nf4" or "nf4-dq", _) => Make(() => new BlockFormat4(CodeBook4.NF4, block ?? 64, kind != "nf4")),
            ("fp4" or "fp4-dq", _) => Make(() => new BlockFormat4(CodeBook4.FP4, block ?? 64, kind != "fp4")),
            ("int8", _) => Make(() => new Int8Format(block ?? 256)),
            _ => null,
        };
        return format ?? throw new FormatException($"There is no weight format '{name}'; there are {Known}.");

        WeightFormat Make(Func<WeightFormat> make)
        {
            try
            {
                return make();
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw new FormatException($"'{name}' is no weight format: {e.Message}", e);
            }
        }
    }

    private static int Block(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var block) ? block
            : throw new FormatException($"'{name}' is no weight format: '{text}' is no block size; there are {Known}.");
}
