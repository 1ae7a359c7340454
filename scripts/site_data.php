<?php
/**
 * Ask an installed MediaWiki about one wiki; site_data.py calls this and says what comes of it.
 *
 * Without arguments: what it knows of the wiki, as JSON shaped like the answer of
 * action=query&meta=siteinfo&formatversion=2. With --titles: how it reads the link targets that
 * stand, one JSON string a line, on standard input, as one JSON object a line.
 *
 * Needs no database: run with MW_CONFIG_FILE naming the settings file that site_data.py writes and
 * MW_INSTALL_PATH naming the installed tree.
 */
require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\MediaWikiServices;

class SiteData extends Maintenance {
	public function __construct() {
		parent::__construct();
		$this->addOption( 'titles', 'Read link targets from standard input' );
	}

	public function execute() {
		if ( $this->hasOption( 'titles' ) ) {
			while ( ( $line = fgets( STDIN ) ) !== false ) {
				echo $this->encode( $this->readTitle( json_decode( $line ) ) ), "\n";
			}
		} else {
			echo $this->encode( $this->siteInfo() );
		}
	}

	private function encode( array $data ): string {
		return json_encode( $data,
			JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR );
	}

	/** What Parser::handleInternalLinks2() does with a link target before it looks at the page. */
	private function readTitle( string $target ): array {
		if ( strpos( $target, '%' ) !== false ) {
			$target = str_replace( [ '<', '>' ], [ '&lt;', '&gt;' ], rawurldecode( $target ) );
		}
		$target = ltrim( $target, ' ' );
		$title = Title::newFromText( $target );
		if ( $title === null ) {
			return [ 'valid' => false ];
		}
		$interwiki = $title->getInterwiki();
		return [
			'valid' => true,
			'namespace' => $title->getNamespace(),
			'text' => $title->getText(),
			'full' => $title->getPrefixedText(),
			'fragment' => $title->getFragment(),
			'interwiki' => $interwiki,
			'is_language' => $interwiki !== '' && MediaWikiServices::getInstance()
				->getLanguageNameUtils()->getLanguageName( $interwiki ) !== '',
			'leading_colon' => substr( $target, 0, 1 ) === ':' || $title->wasLocalInterwiki(),
		];
	}

	private function siteInfo(): array {
		$services = MediaWikiServices::getInstance();
		$config = $services->getMainConfig();
		$lang = $services->getContentLanguage();
		$info = $services->getNamespaceInfo();
		$parser = $services->getParserFactory()->create();
		$parser->firstCallInit();
		$factory = $services->getMagicWordFactory();

		$namespaces = [];
		foreach ( $lang->getFormattedNamespaces() as $id => $name ) {
			$row = [
				'id' => $id,
				'case' => $info->isCapitalized( $id ) ? 'first-letter' : 'case-sensitive',
				'name' => $name,
				'subpages' => $info->hasSubpages( $id ),
			];
			$canonical = $info->getCanonicalName( $id );
			if ( $canonical ) {
				$row['canonical'] = strtr( $canonical, '_', ' ' );
			}
			$namespaces[$id] = $row;
		}
		$aliases = [];
		foreach ( $config->get( 'NamespaceAliases' ) + $lang->getNamespaceAliases() as $alias => $id ) {
			$alias = strtr( $alias, '_', ' ' );
			// The converter also yields names unchanged, and "(main)" for the namespace without a name.
			if ( $id !== NS_MAIN && isset( $namespaces[$id] )
				&& $alias !== $namespaces[$id]['name'] && $alias !== ( $namespaces[$id]['canonical'] ?? '' )
			) {
				$aliases[] = [ 'id' => $id, 'alias' => $alias ];
			}
		}
		$words = [];
		foreach ( $lang->getMagicWords() as $name => $spellings ) {
			$sensitive = (bool)array_shift( $spellings );
			$words[] = [ 'name' => $name, 'aliases' => array_values( array_unique( $spellings ) ),
				'case-sensitive' => $sensitive ];
		}
		$variants = [];
		foreach ( LanguageConverter::$languagesWithVariants as $code ) {
			$converter = $services->getLanguageConverterFactory()
				->getLanguageConverter( $services->getLanguageFactory()->getLanguage( $code ) );
			foreach ( $converter->getVariants() as $variant ) {
				$variants[$code][$variant] = [
					'fallbacks' => (array)$converter->getVariantFallbacks( $variant )
				];
			}
		}
		$bare = $hooks = [];
		$flags = new ReflectionProperty( $parser, 'mFunctionHooks' );
		$flags->setAccessible( true );
		foreach ( $flags->getValue( $parser ) as $name => [ $callback, $flag ] ) {
			$hooks[] = $name;
			if ( $flag & Parser::SFH_NO_HASH ) {
				$bare[] = $name;
			}
		}
		return [
			'general' => [
				'generator' => 'MediaWiki ' . MW_VERSION,
				'lang' => $lang->getCode(),
				'fallback' => $lang->getFallbackLanguages(),
				'linktrail' => $lang->linkTrail(),
			],
			'namespaces' => (object)$namespaces,
			'namespacealiases' => $aliases,
			'magicwords' => $words,
			'languages' => array_keys( $services->getLanguageNameUtils()->getLanguageNames() ),
			'languagevariants' => $variants,
			'protocols' => $config->get( 'UrlProtocols' ),
			'extensiontags' => $parser->getTags(),
			'functionhooks' => $hooks,
			'functionhooksnohash' => $bare,
			'variables' => $factory->getVariableIDs(),
			'doubleunderscores' => $factory->getDoubleUnderscoreArray()->getNames(),
		];
	}
}

$maintClass = SiteData::class;
require_once RUN_MAINTENANCE_IF_MAIN;
