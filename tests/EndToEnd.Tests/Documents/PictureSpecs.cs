using System.Xml.Linq;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>Checks that a browser shows the picture of the console, which docs/images/console.py makes, as the terminal did.</summary>
public sealed class PictureSpecs
{
    [Fact]
    public void Text_of_the_console_keeps_its_spaces_and_is_not_stretched()
    {
        var picture = XDocument.Load(Path.Combine(DocumentedCommand.Root, "docs", "console.svg"));

        var texts = picture.Descendants().Where(element => element.Name.LocalName == "text").ToList();

        Assert.InRange(texts.Count, 10, 1_000);
        Assert.All(texts, text =>
        {
            Assert.Equal("preserve", text.Attribute(XNamespace.Xml + "space")?.Value);
            Assert.Null(text.Attribute("textLength"));
            // Wider runs of spaces would depend on the width of the font.
            Assert.DoesNotContain("  ", text.Value, StringComparison.Ordinal);
        });
    }
}
