namespace PeftLabs.Tokenization;

/// <summary>
/// GPT-2's alphabet: a printable character for each of the 256 bytes, so that a vocabulary of bytes is a vocabulary of strings. Printable
/// Latin-1 stands for itself; the other 68 bytes are U+0100 and following, in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] _characters = Characters();
    private static readonly short[] _bytes = Bytes();

    public static char ToCharacter(byte value) => _characters[value];

    /// <summary>The byte of a character, or -1 where it stands for none.</summary>
    public static int ToByte(char character) => character < _bytes.Length ? _bytes[character] : -1;

    private static char[] Characters()
    {
        var (characters, next) = (new char[256], '\u0100');
        for (var value = 0; value < 256; value++)
            characters[value] = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)value : next++;
        return characters;
    }

    private static short[] Bytes()
    {
        var bytes = new short[_characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++)
            bytes[_characters[value]] = (short)value;
        return bytes;
    }
}
