import java.io.File;
import java.io.FileInputStream;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A TLS client: dials a host at a port, and verifies what it finds by a name and the authority in a file; or, where a password
 * follows, those in a truststore.
 */
class Client {
  public static void main(String[] parameters) throws Exception {
    String host = parameters[0];
    int port = Integer.parseInt(parameters[1]);
    String name = parameters[2];
    File file = new File(parameters[3]);
    KeyStore authorities =
        parameters.length > 4 ? KeyStore.getInstance(file, parameters[4].toCharArray()) : authorityIn(file);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    Socket plain = new Socket(host, port);
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true)) {
      SSLParameters settings = socket.getSSLParameters();
      // Without this, the name is not looked at.
      settings.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(settings);
      socket.startHandshake();
      System.out.println("verified");
    } catch (SSLException error) {
      System.out.println(error);
      System.exit(1);
    }
  }

  private static KeyStore authorityIn(File file) throws Exception {
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    try (FileInputStream stream = new FileInputStream(file)) {
      authorities.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(stream));
    }
    return authorities;
  }
}
