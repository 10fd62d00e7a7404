using System.Net;
using System.Text;
using System.Xml.Linq;
using FsCheck.Xunit;
using TspActors.Peer.Reaching.Mapping;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks how the XML of UPnP routers is written and read.</summary>
public sealed class IgdDocumentSpecs
{
    private const string Service = "urn:schemas-upnp-org:service:WANIPConnection:1";

    private static readonly IPAddress Router = IPAddress.Parse("192.168.1.1");
    private static readonly Uri Location = new("http://192.168.1.1:5000/a/root.xml");

    [Theory]
    [InlineData("/control", "http://192.168.1.1:5000/control")]
    [InlineData("control", "http://192.168.1.1:5000/a/control")]
    [InlineData("http://192.168.1.1:80/x", "http://192.168.1.1/x")]
    public void The_service_is_found_in_the_description(string control, string address)
    {
        var service = Find(FakeIgd.Describe(control));

        Assert.Equal(new IgdService(Service, new Uri(address)), service);
    }

    [Theory]
    [InlineData("http://192.168.1.2/control")]
    [InlineData("http://8.8.8.8/control")]
    [InlineData("https://192.168.1.1/control")]
    [InlineData("//8.8.8.8/control")]
    [InlineData("")]
    public void A_service_that_is_not_at_the_router_is_refused(string control) => Assert.Null(Find(FakeIgd.Describe(control)));

    [Fact]
    public void A_base_address_that_is_not_at_the_router_is_refused() => Assert.Null(
        Find(FakeIgd.Describe("/control").Replace("<device>", "<URLBase>http://8.8.8.8/</URLBase><device>", StringComparison.Ordinal)));

    [Fact]
    public void The_newest_type_of_service_is_preferred()
    {
        var document = FakeIgd.Describe("/old").Replace(
            "</serviceList></device></deviceList>",
            "<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:2</serviceType><controlURL>/new</controlURL></service></serviceList></device></deviceList>",
            StringComparison.Ordinal);

        Assert.Equal("/new", Find(document)?.Control.AbsolutePath);
    }

    [Fact]
    public void A_description_that_is_too_long_is_refused() => Assert.Null(Find(FakeIgd.Describe("/control", padding: 64 * 1024)));

    [Fact]
    public void A_document_type_definition_is_refused() => Assert.Null(Find(
        FakeIgd.Describe("/control").Replace(
            "<root ", "<!DOCTYPE root [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><root ", StringComparison.Ordinal)));

    [Property]
    public void Arbitrary_bytes_never_cause_an_exception(byte[] document)
    {
        Assert.Null(IgdDescription.FindService(document, Location, Router));
        Assert.False(IgdSoap.Parse(200, document).NamesTarget);
    }

    [Property]
    public void A_description_with_changed_bytes_never_causes_an_exception(ushort at, byte value, ushort length)
    {
        var document = Encoding.UTF8.GetBytes(FakeIgd.Describe("/control"));
        document[at % document.Length] = value;

        // Some changes leave the description valid. A service is found only at the router.
        var service = IgdDescription.FindService(document.AsMemory(0, Math.Min(length, document.Length)), Location, Router);
        Assert.True(service is null || service.Control.Host == "192.168.1.1");
    }

    [Fact]
    public void A_request_has_its_arguments_in_the_order_of_the_service()
    {
        var request = IgdSoap.Add(Service, new AddMapping(7072, 7200), IPAddress.Parse("192.168.1.5"), 7071);

        Assert.Equal($"\"{Service}#AddPortMapping\"", request.Action);
        var action = XDocument.Parse(request.Body).Descendants(XName.Get("AddPortMapping", Service)).Single();
        Assert.Equal(
            [
                ("NewRemoteHost", ""), ("NewExternalPort", "7072"), ("NewProtocol", "TCP"), ("NewInternalPort", "7071"),
                ("NewInternalClient", "192.168.1.5"), ("NewEnabled", "1"), ("NewPortMappingDescription", "TspActors"),
                ("NewLeaseDuration", "7200"),
            ],
            action.Elements().Select(argument => (argument.Name.LocalName, argument.Value)));
        Assert.True(IgdSoap.Description.Length <= 30 && IgdSoap.Description.All(char.IsAsciiLetter));
    }

    [Fact]
    public void Values_are_escaped()
    {
        const string Value = "</a><b x=\"1\">&amp;'";
        var request = IgdSoap.Request("urn:\"x\"&", "Act", ("a", Value));

        var action = XDocument.Parse(request.Body).Descendants(XName.Get("Act", "urn:\"x\"&")).Single();
        Assert.Equal(Value, action.Element("a")?.Value);
    }

    [Fact]
    public void The_error_code_of_a_fault_is_read()
    {
        const string Fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Client</faultcode><detail>"
            + "<UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode> 725 </errorCode></UPnPError></detail></s:Fault></s:Body></s:Envelope>";

        Assert.Equal(725, IgdSoap.Parse(500, Encoding.UTF8.GetBytes(Fault)).ErrorCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" <?xml version=\"1.0\"?><r></r>")]
    [InlineData("<r></r>\0")]
    public void A_success_need_not_be_well_formed(string body)
    {
        var reply = IgdSoap.Parse(200, Encoding.UTF8.GetBytes(body));

        Assert.True(reply.IsSuccess);
        // It does not say that a mapping is lost.
        Assert.False(reply.NamesTarget);
    }

    [Fact]
    public void The_error_code_in_a_reply_that_is_not_well_formed_is_read() => Assert.Equal(
        718, IgdSoap.Parse(500, "<r><errorCode>718</errorCode></r>\0"u8.ToArray()).ErrorCode);

    [Fact]
    public void A_failure_without_an_error_code_has_the_HTTP_status() =>
        Assert.Equal(503, IgdSoap.Parse(503, Encoding.UTF8.GetBytes("<html>busy</html>")).ErrorCode);

    [Fact]
    public void The_external_address_and_the_target_of_a_mapping_are_read()
    {
        var reply = IgdSoap.Parse(200, Encoding.UTF8.GetBytes(
            "<r><NewExternalIPAddress>5.5.0.21</NewExternalIPAddress><NewInternalPort>7071</NewInternalPort><NewInternalClient>192.168.1.5</NewInternalClient></r>"));

        Assert.Equal(IPAddress.Parse("5.5.0.21"), reply.ExternalAddress);
        Assert.True(reply.LeadsTo(IPAddress.Parse("192.168.1.5"), 7071));
        Assert.False(reply.LeadsTo(IPAddress.Parse("192.168.1.5"), 7072));
        Assert.False(reply.LeadsTo(IPAddress.Parse("192.168.1.6"), 7071));
    }

    private static IgdService? Find(string document) =>
        IgdDescription.FindService(Encoding.UTF8.GetBytes(document), Location, Router);
}
