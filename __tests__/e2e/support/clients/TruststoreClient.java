import java.io.FileInputStream;
import java.net.Socket;
import java.security.KeyStore;
import java.util.Collections;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client: dials a host at a port, and verifies what it finds by a name and the authorities in a truststore. */
class TruststoreClient {
  public static void main(String[] parameters) throws Exception {
    int port = Integer.parseInt(parameters[1]);
    String name = parameters[2];
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    try (FileInputStream file = new FileInputStream(parameters[3])) {
      authorities.load(file, System.getenv("PASSWORD").toCharArray());
    }
    for (String alias : Collections.list(authorities.aliases())) {
      System.out.println(alias + " " + authorities.isCertificateEntry(alias));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    Socket plain = new Socket(parameters[0], port);
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true)) {
      SSLParameters settings = socket.getSSLParameters();
      settings.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(settings);
      socket.startHandshake();
      System.out.println("verified");
    } catch (SSLException error) {
      System.out.println(error);
      System.exit(1);
    }
  }
}
