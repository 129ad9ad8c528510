using System.Globalization;
using Google.Protobuf;

namespace PeftLabs.Tokenization;

/// <summary>SentencePiece's kinds of pieces, by their numbers in sentencepiece_model.proto.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>The fields of SentencePiece's ModelProto that matter here, as sentencepiece_model.proto numbers them.</summary>
internal sealed class SentencePieceModel
{
    private readonly string _file;
    private bool _hasTrainer, _hasNormalizer;

    private SentencePieceModel(string file) => _file = file;

    public List<(string Text, float Score, PieceKind Kind)> Pieces { get; } = [];

    public int ModelType { get; private set; } = 1;

    public bool ByteFallback { get; private set; }

    public bool TreatWhitespaceAsSuffix { get; private set; }

    public int UnkId { get; private set; }

    public int BosId { get; private set; } = 1;

    public int EosId { get; private set; } = 2;

    public int PadId { get; private set; } = -1;

    public byte[] CharacterMap { get; private set; } = [];

    public bool AddDummyPrefix { get; private set; } = true;

    public bool RemoveExtraWhitespaces { get; private set; } = true;

    public bool EscapeWhitespaces { get; private set; } = true;

    public static SentencePieceModel Read(string file)
    {
        var model = new SentencePieceModel(file);
        try
        {
            model.ReadMessage(File.ReadAllBytes(file));
        }
        catch (InvalidProtocolBufferException exception)
        {
            var place = $"after {model.Pieces.Count} pieces";
            throw new TokenizerFileException(file, place, $"no SentencePiece model ({exception.Message.TrimEnd('.')})", exception);
        }
        if (model.Pieces.Count == 0)
            throw model.Refuse("pieces", "a model without pieces");
        if (!model._hasTrainer || !model._hasNormalizer)
            throw model.Refuse(model._hasTrainer ? "normalizer_spec" : "trainer_spec", "a model without it: the file is not whole");
        return model;
    }

    public TokenizerFileException Refuse(string place, string problem) => new(_file, place, problem);

    private void ReadMessage(byte[] bytes) => ReadFields(new(bytes), (field, input) =>
    {
        switch (field)
        {
            case 1: ReadFields(Message(input), ReadPiece(Pieces.Count)); break;
            case 2: ReadFields(Message(input), ReadTrainer); _hasTrainer = true; break;
            case 3: ReadFields(Message(input), ReadNormalizer); _hasNormalizer = true; break;
            default: return false;
        }
        return true;
    });

    private Func<int, CodedInputStream, bool> ReadPiece(int index)
    {
        Pieces.Add(("", 0, PieceKind.Normal));
        return (field, input) =>
        {
            switch (field)
            {
                case 1: Pieces[index] = Pieces[index] with { Text = input.ReadString() }; return true;
                case 2: Pieces[index] = Pieces[index] with { Score = input.ReadFloat() }; return true;
                case 3: Pieces[index] = Pieces[index] with { Kind = Kind(index, input.ReadEnum()) }; return true;
                default: return false;
            }
        };
    }

    private PieceKind Kind(int index, int value) => Enum.IsDefined((PieceKind)value) ? (PieceKind)value
        : throw Refuse($"pieces[{index}].type", $"{value.ToString(CultureInfo.InvariantCulture)} is no kind of piece");

    private bool ReadTrainer(int field, CodedInputStream input)
    {
        switch (field)
        {
            case 3: ModelType = input.ReadEnum(); return true;
            case 24: TreatWhitespaceAsSuffix = input.ReadBool(); return true;
            case 35: ByteFallback = input.ReadBool(); return true;
            case 40: UnkId = input.ReadInt32(); return true;
            case 41: BosId = input.ReadInt32(); return true;
            case 42: EosId = input.ReadInt32(); return true;
            case 43: PadId = input.ReadInt32(); return true;
            default: return false;
        }
    }

    private bool ReadNormalizer(int field, CodedInputStream input)
    {
        switch (field)
        {
            case 2: CharacterMap = input.ReadBytes().ToByteArray(); return true;
            case 3: AddDummyPrefix = input.ReadBool(); return true;
            case 4: RemoveExtraWhitespaces = input.ReadBool(); return true;
            case 5: EscapeWhitespaces = input.ReadBool(); return true;
            default: return false;
        }
    }

    private static CodedInputStream Message(CodedInputStream input) => new(input.ReadBytes().ToByteArray());

    /// <summary>Reads a message field by field; <paramref name="read"/> says whether it took the field's value.</summary>
    private static void ReadFields(CodedInputStream input, Func<int, CodedInputStream, bool> read)
    {
        while (input.ReadTag() is var tag and > 0)
            if (!read(WireFormat.GetTagFieldNumber(tag), input))
                input.SkipLastField();
    }
}
