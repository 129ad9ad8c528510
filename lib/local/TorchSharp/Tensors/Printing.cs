using System.Globalization;
using System.Text;

namespace TorchSharp;

public enum TensorStringStyle
{
    Metadata,
    Julia,
    Numpy,
    CSharp,
    Default,
}

public static partial class torch
{
    public const TensorStringStyle julia = TensorStringStyle.Julia;
    public const TensorStringStyle numpy = TensorStringStyle.Numpy;
    public const TensorStringStyle csharp = TensorStringStyle.CSharp;

    public static TensorStringStyle TensorStringStyle { get; set; } = TensorStringStyle.Julia;

    public partial class Tensor
    {
        private const int Shown = 6; // along each dimension, before the middle is left out

        public override string ToString() => Metadata();

        public string ToString(TensorStringStyle style, string fltFormat = null, int? width = null, CultureInfo cultureInfo = null,
            string newLine = null)
        {
            if (style == TensorStringStyle.Default) style = torch.TensorStringStyle;
            if (style == TensorStringStyle.Metadata || device_type == DeviceType.META) return Metadata();
            var (format, line) = (fltFormat ?? "g5", newLine ?? "\n");
            var values = new StringBuilder();
            using var off = no_grad();
            using var scope = NewDisposeScope();
            Write(values, cpu(), format, cultureInfo ?? CultureInfo.InvariantCulture, line, style == TensorStringStyle.Julia, 0);
            return style switch
            {
                TensorStringStyle.Numpy => values.ToString(),
                TensorStringStyle.CSharp => $"{Metadata()}, value = {line}{values}",
                _ => dim() == 0 ? $"{Metadata()}, value = {values}" : $"{Metadata()}{line}{values}{line}",
            };
        }

        private string Metadata() => $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        /// <summary>Rows in brackets as NumPy writes them, or bare as Julia does.</summary>
        private static void Write(StringBuilder to, Tensor values, string format, CultureInfo culture, string line, bool bare, int depth)
        {
            if (values.dim() == 0)
            {
                to.Append(Text(values.ToScalar(), format, culture));
                return;
            }
            var separator = Separator(values.dim(), line, bare, depth);
            to.Append(bare ? values.dim() == 1 ? " " : "" : "[");
            var count = values.shape[0];
            for (long i = 0; i < count; i++)
            {
                if (i > 0) to.Append(separator);
                if (count > 2 * Shown && i == Shown / 2)
                {
                    to.Append("... ");
                    i = count - Shown / 2;
                }
                Write(to, values.select(0, i), format, culture, line, bare, depth + 1);
            }
            if (!bare) to.Append(']');
        }

        private static string Separator(long dimensions, string line, bool bare, int depth) => dimensions switch
        {
            1 => bare ? " " : ", ",
            _ when bare => line,
            _ => string.Concat(Enumerable.Repeat(line, (int)dimensions - 1)) + new string(' ', depth + 1),
        };

        private static string Text(Scalar value, string format, CultureInfo culture) => value.Type switch
        {
            ScalarType.Bool => value.ToBoolean().ToString(),
            ScalarType.Int64 => value.ToInt64().ToString(culture),
            ScalarType.Float64 => value.ToDouble().ToString(format, culture),
            _ => value.ToComplexFloat64().ToString(format, culture),
        };
    }
}

public static partial class TensorExtensionMethods
{
    public static string str(this torch.Tensor tensor, string fltFormat = null, int? width = null, string newLine = null,
        CultureInfo cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default) =>
        tensor.ToString(style, fltFormat, width, cultureInfo, newLine);

    public static string jlstr(this torch.Tensor tensor, string fltFormat = null, int? width = null, string newLine = null,
        CultureInfo cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Julia, fltFormat, width, cultureInfo, newLine);

    public static string npstr(this torch.Tensor tensor, string fltFormat = "g5", int? width = 100, string newLine = null,
        CultureInfo cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Numpy, fltFormat, width, cultureInfo, newLine);

    public static string cstr(this torch.Tensor tensor, string fltFormat = "g5", int? width = 100, string newLine = null,
        CultureInfo cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.CSharp, fltFormat, width, cultureInfo, newLine);

    public static string metastr(this torch.Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);
}
