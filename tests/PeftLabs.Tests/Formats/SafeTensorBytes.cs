using System.Buffers.Binary;
using System.Text;

namespace PeftLabs.Tests.Formats;

/// <summary>Safetensors files put together by hand, right or wrong, independently of the writer under test.</summary>
public static class SafeTensorBytes
{
    /// <summary>The length of the header, the header, and so many bytes 0, 1, 2 ... of data.</summary>
    public static byte[] File(string header, int dataBytes, long? headerLength = null)
    {
        var json = Encoding.Latin1.GetBytes(header);
        var file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, headerLength ?? json.Length);
        json.CopyTo(file, 8);
        for (var i = 0; i < dataBytes; i++)
            file[8 + json.Length + i] = (byte)i;
        return file;
    }

    public static string Entry(string name, string dtype, string shape, string offsets) =>
        $"\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":{offsets}}}";
}
