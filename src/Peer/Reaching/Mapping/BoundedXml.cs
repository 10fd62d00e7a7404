using System.Xml;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Reads XML from a router, which may be hostile: without DTDs or external references, and only up to a maximum length.</summary>
internal static class BoundedXml
{
    /// <summary>The maximum length of a document, in bytes and in characters.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxLength,
        MaxCharactersFromEntities = 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>
    /// Calls an action at the end tag of each element, with the element's name (without a prefix) and the trimmed text since the previous
    /// tag. For an element without children, that is its complete text.
    /// </summary>
    /// <returns>False if the document is not well-formed XML, has a DTD, or is too long.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> document, Action<string, string> onElement)
    {
        if (document.Length > MaxLength)
            return false;
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document.ToArray()), Settings);
            var text = "";
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        text = "";
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        text += reader.Value;
                        break;
                    case XmlNodeType.EndElement:
                        onElement(reader.LocalName, text.Trim());
                        text = "";
                        break;
                    default:
                        break;
                }
            }

            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
