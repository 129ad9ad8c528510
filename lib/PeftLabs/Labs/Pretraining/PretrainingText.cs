using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Generated documents as sequences of tokens, the end of text before each.</summary>
internal sealed record PretrainingText(IReadOnlyList<TokenizedExample> Sequences, int Documents, string Hash)
{
    public static PretrainingText Make(PretrainingSpec spec, HuggingFaceTokenizer tokenizer, CancellationToken cancellation)
    {
        var wanted = checked(spec.Steps * spec.Batch * spec.Length);
        var (ids, documents) = (new List<int>(wanted + spec.Length), 0);
        foreach (var document in TextGenerator.Documents(spec.Seed))
        {
            cancellation.ThrowIfCancellationRequested();
            ids.Add(0);
            ids.AddRange(tokenizer.EncodeToIds(document, false));
            documents++;
            if (ids.Count >= wanted)
                break;
        }
        ids.RemoveRange(wanted, ids.Count - wanted);
        var hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(ids))));
        return new(Batches.Cut(ids, spec.Length), documents, hash);
    }
}
