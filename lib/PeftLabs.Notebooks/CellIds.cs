using System.Security.Cryptography;
using System.Text;

namespace PeftLabs.Notebooks;

/// <summary>Ids of cells: eight hexadecimal digits of the text's hash, so that the same notebook gets the same ids every time.</summary>
internal static class CellIds
{
    public static string Next(IEnumerable<string> taken, string source)
    {
        var used = taken.ToHashSet();
        for (var attempt = 0; ; attempt++)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{attempt}\n{source}"));
            var id = Convert.ToHexStringLower(hash)[..8];
            if (!used.Contains(id)) return id;
        }
    }
}
