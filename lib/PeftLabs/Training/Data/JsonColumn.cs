using System.Text;
using System.Text.Json;

namespace PeftLabs.Training;

/// <summary>Where in a line of JSON a value stands.</summary>
internal static class JsonColumn
{
    /// <summary>The column, from 1, of the value at a place: names of properties and indices of elements from the root on.</summary>
    public static long Of(string line, IReadOnlyList<object> place)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        var reader = new Utf8JsonReader(bytes);
        reader.Read();
        foreach (var step in place)
            if (!Enter(ref reader, step))
                break;
        return Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.TokenStartIndex)) + 1;
    }

    /// <summary>From a container's start to the value of one of its properties or elements.</summary>
    private static bool Enter(ref Utf8JsonReader reader, object step)
    {
        for (var index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject); index++)
        {
            var isWanted = step is int wanted && wanted == index;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                isWanted = step is string name && reader.ValueTextEquals(name);
                reader.Read();
            }
            if (isWanted)
                return true;
            reader.Skip();
        }
        return false;
    }
}
