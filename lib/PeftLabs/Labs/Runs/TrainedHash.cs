using System.Security.Cryptography;
using System.Text;
using PeftLabs.Formats;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PeftLabs.Labs;

/// <summary>SHA-256 over trained parameters, by which two runs are told to have ended with the same bits.</summary>
public static class TrainedHash
{
    /// <summary>
    /// The hash, 64 hexadecimal digits: of each parameter in ordinal order of the names a line "name [shape]" and its values, float32 in
    /// row-major order.
    /// </summary>
    public static string Of(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        using var _ = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, parameter) in parameters.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {parameter.shape.Show()}\n"));
            TensorChunks.Visit(parameter, TensorChunks.Bytes / sizeof(float), (part, _) =>
            {
                using var scope = NewDisposeScope();
                hash.AppendData(part.to(ScalarType.Float32, CPU).contiguous().bytes);
            });
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
